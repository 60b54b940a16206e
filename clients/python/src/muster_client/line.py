"""One WebSocket connection: what the machine wants sent goes out, what comes in is reported."""

from __future__ import annotations

import asyncio
import ssl as tls
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from time import time
from typing import Any, Protocol

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.typing import Subprotocol

from .backoff import ABNORMAL
from .machine import TOKEN_EXPIRED

# 300 missed events of 64 KiB are possible in one frame.
LONGEST_MESSAGE = 32 << 20
# Messages that wait for the network; a line that takes none of so many is broken.
MOST_UNSENT = 4096
CLOSE_SECONDS = 2.0
MOST_RETRY_SECONDS = 600.0


@dataclass(frozen=True)
class Dialing:
    """How to connect."""

    headers: Mapping[str, str] = field(default_factory=dict)
    ssl: tls.SSLContext | None = None
    compression: bool = True


class Listener(Protocol):
    """Hears of one line; each call names the line, as an earlier one may be late."""

    def line_opened(self, line: Line) -> None: ...
    def line_heard(self, line: Line) -> None: ...
    def line_received(self, line: Line, text: str) -> None: ...
    def line_ended(self, line: Line, code: int, reason: str, retry_after_ms: int) -> None: ...


class _Socket(ClientConnection):
    """Reports each arrival of bytes: half a message is a sign of life, too."""

    line: Line | None = None

    def data_received(self, data: bytes) -> None:
        if self.line is not None:
            self.line.heard()
        super().data_received(data)


class Line:
    """One connection from its first packet to its last; lives in tasks of its own."""

    def __init__(self, url: str, dialing: Dialing, listener: Listener) -> None:
        self._url = url
        self._dialing = dialing
        self._listener = listener
        self._unsent: asyncio.Queue[str | None] = asyncio.Queue()
        self._close_code: int | None = None
        self._is_silent = False
        self._is_open = False
        self.task = asyncio.get_running_loop().create_task(self._run())

    def send(self, text: str) -> None:
        """Queues one message; a line that is closing sends nothing more."""
        if self._close_code is not None:
            return
        if self._unsent.qsize() >= MOST_UNSENT:
            self.task.cancel()
            return
        self._unsent.put_nowait(text)

    def close(self, code: int) -> None:
        """Sends what was queued, says why, then ends; nothing more is reported."""
        self._is_silent = True
        if not self._is_open:
            self.task.cancel()
        elif self._close_code is None:
            self._close_code = code
            self._unsent.put_nowait(None)
            asyncio.get_running_loop().call_later(CLOSE_SECONDS, self.task.cancel)

    def heard(self) -> None:
        if not self._is_silent:
            self._listener.line_heard(self)

    async def _run(self) -> None:
        try:
            code, reason, retry_after_ms = await self._converse()
        except asyncio.CancelledError:
            code, reason, retry_after_ms = ABNORMAL, "the line took no more messages", 0
        if not self._is_silent:
            self._is_silent = True
            self._listener.line_ended(self, code, reason, retry_after_ms)

    async def _converse(self) -> tuple[int, str, int]:
        try:
            socket = await self._dial()
        except InvalidStatus as refusal:
            status = refusal.response.status_code
            code = TOKEN_EXPIRED if status == 401 else ABNORMAL
            wait = _retry_after_ms(refusal.response.headers.get("Retry-After"))
            return code, f"HTTP {status}", wait if status in (429, 503) else 0
        except (OSError, EOFError, ValueError, WebSocketException, asyncio.TimeoutError) as error:
            return ABNORMAL, str(error) or type(error).__name__, 0
        self._is_open = True
        loop = asyncio.get_running_loop()
        writer = loop.create_task(self._write(socket))
        try:
            if not self._is_silent:
                self._listener.line_opened(self)
            return await self._read(socket)
        finally:
            writer.cancel()
            socket.transport.abort()

    async def _dial(self) -> _Socket:
        # A host with several addresses is reached by the first that answers.
        options: dict[str, Any] = {"happy_eyeballs_delay": 0.25}
        if self._url.startswith("wss:"):
            options["ssl"] = self._dialing.ssl or tls.create_default_context()
        socket = await connect(
            self._url,
            create_connection=_Socket,
            additional_headers=dict(self._dialing.headers),
            subprotocols=[Subprotocol("muster.v2")],
            compression="deflate" if self._dialing.compression else None,
            ping_interval=None,
            open_timeout=None,
            close_timeout=CLOSE_SECONDS,
            max_size=LONGEST_MESSAGE,
            **options,
        )
        assert isinstance(socket, _Socket)
        socket.line = self
        return socket

    async def _read(self, socket: _Socket) -> tuple[int, str, int]:
        try:
            while True:
                message = await socket.recv()
                if isinstance(message, str) and not self._is_silent:
                    self._listener.line_received(self, message)
        except ConnectionClosed as end:
            if end.rcvd is not None:
                return end.rcvd.code, end.rcvd.reason, 0
            return ABNORMAL, "disconnected", 0

    async def _write(self, socket: _Socket) -> None:
        try:
            while (text := await self._unsent.get()) is not None:
                await socket.send(text)
            await socket.close(self._close_code or 1000)
        except ConnectionClosed:
            pass


def _retry_after_ms(value: str | None) -> int:
    """`Retry-After`: seconds, or a date."""
    if value is None:
        return 0
    try:
        date = None if value.isdigit() else parsedate_to_datetime(value)
        seconds = float(value) if date is None else date.timestamp() - time()
    except (ValueError, TypeError, OverflowError):
        return 0
    return int(1000 * min(max(seconds, 0.0), MOST_RETRY_SECONDS))
