"""A real server that can be killed, a network that can break, and clients for both."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from muster_client import Event, Muster, News, Subscription
from muster_client.wire import Frame

T = TypeVar("T")

ROOT = pathlib.Path(__file__).resolve().parents[3]
PROGRAM = os.environ.get("MUSTER") or str(ROOT / ".build/release/muster")
ROOM = "chat.room.TEST"
# A slow machine may take this long for what takes a moment.
PATIENCE = 60.0
# asyncio's remarks on slow steps say nothing on a slow machine.
logging.getLogger("asyncio").setLevel(logging.ERROR)


def trust() -> ssl.SSLContext:
    """The server's certificate is of its own making."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """The program with the example data, on one port and one folder over all its lives."""

    def __init__(self, *settings: str) -> None:
        self.folder = tempfile.mkdtemp(prefix="muster-python-")
        self.port = free_port()
        self.settings = settings
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"wss://127.0.0.1:{self.port}/ws"

    def start(self) -> None:
        """Returns when the server takes connections."""
        command = [PROGRAM, "serve", "--demo", "--listen", f"127.0.0.1:{self.port}"]
        command += ["--data", f"{self.folder}/data", "--log-level", "warning"]
        for setting in ("internal.listen=", *self.settings):
            command += ["--set", setting]
        out = open(f"{self.folder}/out", "wb")
        with out, open(f"{self.folder}/log", "ab") as log:
            self.process = subprocess.Popen(command, stdout=out, stderr=log, cwd=self.folder)
        self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if re.search(r" is up: ", pathlib.Path(f"{self.folder}/out").read_text()):
                return
            if self.process is None or self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError(pathlib.Path(f"{self.folder}/log").read_text()[-2000:])

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(PATIENCE)
            self.process = None

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def post(self, path: str, body: Frame, token: str | None = None) -> Frame:
        """One call over HTTPS."""
        request = urllib.request.Request(
            f"https://127.0.0.1:{self.port}{path}",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust())
        )
        with opener.open(request, timeout=PATIENCE) as answer:
            text = answer.read()
        body = json.loads(text) if text else {}
        return body

    def login(self, name: str, password: str) -> str:
        token: str = self.post("/api/v1/login", {"login": name, "password": password})["token"]
        return token

    def key(self, scope: str) -> str:
        """A key of a program."""
        command = [PROGRAM, "token", "key", "add", "tests", "--scope", scope]
        made = subprocess.run(
            [*command, "--data", f"{self.folder}/data"], capture_output=True, text=True, check=True
        )
        return made.stdout.split()[-1]


class Network:
    """A TCP proxy in front of a port: cuts, stalls, and breaks off in mid-frame."""

    def __init__(self, target: int, seed: int = 1) -> None:
        self._target = target
        self._chance = random.Random(seed)
        self._lines: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self._halve = False
        self._server: asyncio.Server | None = None
        self.port = 0
        self.accepted = 0

    @property
    def url(self) -> str:
        return f"wss://127.0.0.1:{self.port}/ws"

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        self.cut()
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)

    def cut(self) -> None:
        """Resets all connections."""
        for line in list(self._lines):
            line.transport.abort()

    def stall(self) -> None:
        """Nothing passes any more; no side is told."""
        self._flows.clear()

    def flow(self) -> None:
        self._flows.set()

    def halve(self) -> None:
        """Passes half of the next bytes to the client, then cuts."""
        self._halve = True

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        self._lines |= {writer, back}
        for source, sink, down in ((reader, back, False), (there, writer, True)):
            task = asyncio.get_running_loop().create_task(self._pump(source, sink, down))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, down: bool
    ) -> None:
        try:
            while data := await source.read(65536):
                await self._flows.wait()
                if down and self._halve:
                    self._halve = False
                    sink.write(data[: len(data) // 2])
                    await sink.drain()
                    self.cut()
                    return
                await self._pass(data, sink)
        except OSError:
            pass
        finally:
            self._lines.discard(sink)
            sink.close()

    async def _pass(self, data: bytes, sink: asyncio.StreamWriter) -> None:
        """Hands bytes on in two pieces of any size."""
        middle = self._chance.randrange(len(data) + 1)
        for piece in (data[:middle], data[middle:]):
            sink.write(piece)
            await sink.drain()
            await asyncio.sleep(0)


class Reader:
    """Reads a subscription to its end and keeps what it was told."""

    def __init__(self, subscription: Subscription) -> None:
        self.subscription = subscription
        self.news: list[News] = []
        self._more = asyncio.Event()
        self.task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        async for item in self.subscription:
            self.news.append(item)
            self._more.set()

    def of(self, kind: type[T]) -> list[T]:
        return [item for item in self.news if isinstance(item, kind)]

    def messages(self) -> list[str]:
        """What was said in the chat room, in the order in which it was told."""
        said = [event for event in self.of(Event) if event.name == "chat.msg"]
        return [str(event.data.get("msg")) for event in said]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Returns when what was told fulfils a condition."""

        async def wait() -> None:
            while not condition():
                self._more.clear()
                await self._more.wait()

        await asyncio.wait_for(wait(), PATIENCE)


def client(url: str | list[str], token: Any = None, **options: Any) -> Muster:
    """A client that comes back soon: its jitter takes a small part of each span."""
    hub = Muster(url, token=token, ssl=trust(), **options)
    hub._machine._backoff._random = lambda: 0.03
    return hub


async def within(work: Awaitable[T]) -> T:
    return await asyncio.wait_for(work, PATIENCE)


async def eventually(condition: Callable[[], bool]) -> None:
    """Returns when a condition holds."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("it did not come about")
        await asyncio.sleep(0.02)
