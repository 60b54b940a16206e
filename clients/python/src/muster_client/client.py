"""The client that programs use: does what the machine decides, on one asyncio loop."""

from __future__ import annotations

import asyncio
import inspect
import logging
import random
import secrets
import ssl as tls
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Union

from . import effects as do
from .errors import MusterError
from .frames import receive
from .line import Dialing, Line
from .machine import Machine, State
from .news import Ack, HistoryPage, Position, read_event
from .presence import Presence
from .subscription import Subscription
from .wire import Frame, decode, get_object, get_objects, get_str

log = logging.getLogger("muster_client")

TokenSource = Union[str, None, Callable[[bool], Union[str, None, Awaitable[Union[str, None]]]]]
"""A token or key, or a function that is asked before every connection. Its argument says that the
last token was refused as too old. None comes in as a guest."""


@dataclass(frozen=True)
class ConnectionInfo:
    """How the connection is doing: `connecting`, `live`, `waiting` or `stopped`."""

    state: str
    retry_in: float | None = None
    error: MusterError | None = None


def _clock() -> int:
    # A clock that goes on while the machine sleeps: the server's patience does, too.
    if sys.platform == "linux":
        return int(time.clock_gettime(time.CLOCK_BOOTTIME) * 1000)
    return int(time.monotonic() * 1000)


class Muster:
    """A connection that keeps itself alive, and everything that must survive a reconnect.

        async with Muster("wss://localhost:8443/ws", token=token) as hub:
            room = hub.subscribe("chat.room.TEST", presence=True)
            await hub.publish("chat.room.TEST", {"msg": "hello"})
            async for item in room:
                print(item)

    Several addresses are tried in turn, from the one that worked last. All calls belong to the
    loop on which the client was made.
    """

    def __init__(
        self,
        url: str | Sequence[str],
        *,
        token: TokenSource = None,
        ssl: tls.SSLContext | None = None,
        client: str = "muster-python/1",
        session: str | None = None,
        queue: int = 200,
        headers: Mapping[str, str] | None = None,
        compression: bool = True,
        on_state: Callable[[ConnectionInfo], None] | None = None,
    ) -> None:
        self._urls = [url] if isinstance(url, str) else list(url)
        if not self._urls or not all(u.startswith(("wss://", "ws://")) for u in self._urls):
            raise ValueError("an address has the form wss://HOST:PORT/ws")
        self._token = token
        self._dialing = Dialing(headers or {}, ssl, compression)
        self._on_state = on_state
        self._machine = Machine(
            session=session or "s_" + secrets.token_urlsafe(18),
            client=client,
            addresses=len(self._urls),
            queue=queue,
            random=random.SystemRandom().random,
        )
        self._loop = asyncio.get_running_loop()
        self._subscriptions: dict[str, Subscription] = {}
        self._publishers: dict[str, asyncio.Future[Ack]] = {}
        self._callers: dict[int, asyncio.Future[Frame]] = {}
        self._live = asyncio.Event()
        self._line: Line | None = None
        self._lines: set[asyncio.Task[None]] = set()
        self._asking: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_performing = False
        self._prefix = secrets.token_urlsafe(9)
        self._last_id = 0

    # The connection.

    def start(self) -> None:
        """Begins to connect; from then on the client comes back by itself."""
        self._machine.connect(_clock())
        self._perform()

    async def ready(self) -> None:
        """Returns when the connection is there; raises once the server said not to come back."""
        await self._live.wait()
        end = self._machine.refusal_of_stopped()
        if end is not None:
            raise end

    async def close(self) -> None:
        """Says goodbye: presence ends at once, nothing is tried again, iterations end."""
        self._machine.close(_clock())
        self._perform()
        if self._asking is not None:
            self._asking.cancel()
        if self._lines:
            await asyncio.wait(self._lines, timeout=3.0)

    async def __aenter__(self) -> Muster:
        self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    @property
    def state(self) -> State:
        return self._machine.state

    @property
    def is_live(self) -> bool:
        return self._machine.is_live

    @property
    def welcome(self) -> Frame:
        """What the server said when it last let the client in; empty before."""
        return self._machine.welcome

    @property
    def user(self) -> Frame:
        """The server's word for who this client is; empty before the first welcome."""
        return get_object(self._machine.welcome, "user")

    @property
    def session(self) -> str:
        """Names this client across reconnects; two living clients must not share one."""
        return self._machine.session

    # Topics.

    def subscribe(
        self,
        topic: str,
        *,
        presence: bool = False,
        recover: Position | None = None,
        queue: int = 1000,
    ) -> Subscription:
        """Follows a topic. `recover` is where an earlier run of the program was."""
        self._machine.subscribe(topic, presence, recover, _clock())
        subscription = Subscription(self, topic, recover, max(1, queue))
        self._subscriptions[topic] = subscription
        self._perform()
        return subscription

    def new_id(self) -> str:
        """An id for `publish`, for programs that want to know it before."""
        self._last_id += 1
        return f"{self._prefix}-{self._last_id}"

    async def publish(
        self, topic: str, data: Frame, *, id: str | None = None, timeout: float | None = 30.0
    ) -> Ack:
        """Returns when the server has the message.

        It is sent again under the same id after a reconnect, so it is delivered once. A
        `MusterError` whose `ambiguous` is true means that the outcome is not known; its `id` can
        be published once more within five minutes. Cancelling withdraws what was not sent yet.
        """
        id = self.new_id() if id is None else id
        self._machine.publish(id, topic, data, _clock())
        future: asyncio.Future[Ack] = self._loop.create_future()
        self._publishers[id] = future
        self._perform()
        try:
            await asyncio.wait({future}, timeout=timeout)
            if not future.done():
                entry = self._machine.withdraw(id)
                doubt = entry is not None and entry.is_ambiguous
                raise MusterError("timeout", temporary=True, ambiguous=doubt, id=id)
            return future.result()
        finally:
            self._machine.withdraw(id)
            self._publishers.pop(id, None)

    async def history(
        self,
        topic: str,
        *,
        before: int | None = None,
        limit: int = 50,
        timeout: float | None = 30.0,
    ) -> HistoryPage:
        """Events before an offset, that one not included, or the newest; oldest first."""
        wish: Frame = {"limit": limit} if before is None else {"limit": limit, "before": before}
        answer = await self.request("history", wish, topic=topic, timeout=timeout)
        data, epoch = get_object(answer, "data"), get_str(answer, "epoch")
        events = tuple(read_event(frame, epoch) for frame in get_objects(data, "events"))
        return HistoryPage(events, data.get("more") is True)

    async def request(
        self, type: str, data: Frame, *, topic: str | None = None, timeout: float | None = 30.0
    ) -> Frame:
        """Sends a frame of any type and returns the whole answer, for what plugins add.

        It is not repeated after a reconnect: then the error says that the outcome is not known.
        """
        frame: Frame = {"type": type, "data": data}
        if topic is not None:
            frame["topic"] = topic
        number = self._machine.ask(frame, _clock())
        future: asyncio.Future[Frame] = self._loop.create_future()
        self._callers[number] = future
        self._perform()
        try:
            await asyncio.wait({future}, timeout=timeout)
            if not future.done():
                raise MusterError("timeout", temporary=True, ambiguous=True)
            return future.result()
        finally:
            self._machine.forget(number)
            self._callers.pop(number, None)

    def _unsubscribe(self, subscription: Subscription) -> None:
        if self._subscriptions.get(subscription.topic) is subscription:
            self._machine.unsubscribe(subscription.topic, _clock())
            self._perform()

    def _caught_up(self, subscription: Subscription) -> None:
        if self._subscriptions.get(subscription.topic) is subscription:
            self._machine.caught_up(subscription.topic, _clock())
            self._perform()

    def _presence_of(self, topic: str) -> Presence:
        state = self._machine.topics.get(topic)
        return state.presence if state else Presence()

    # What a line reports.

    def line_opened(self, line: Line) -> None:
        if line is self._line:
            self._machine.opened(_clock())
            self._perform()

    def line_heard(self, line: Line) -> None:
        if line is self._line:
            self._machine.heard(_clock())
            self._perform()

    def line_received(self, line: Line, text: str) -> None:
        # A message that is no frame is not of this protocol; a later version may know its purpose.
        frame = decode(text)
        if line is self._line and frame is not None:
            receive(self._machine, frame, _clock())
            self._perform()

    def line_ended(self, line: Line, code: int, reason: str, retry_after_ms: int) -> None:
        if line is self._line:
            self._line = None
            self._machine.ended(code, reason, _clock(), retry_after_ms=retry_after_ms)
            self._perform()

    # Effects.

    def _perform(self) -> None:
        # A call that an effect causes at once is done by the outer one.
        if self._is_performing:
            return
        self._is_performing = True
        try:
            while pending := self._machine.take_effects():
                for effect in pending:
                    self._do(effect)
        finally:
            self._is_performing = False
        self._set_timer()

    def _do(self, effect: do.Effect) -> None:
        if isinstance(effect, do.Send):
            if self._line is not None:
                self._line.send(effect.text)
        elif isinstance(effect, do.Tell):
            subscription = self._subscriptions.get(effect.topic)
            if subscription is not None and not subscription._tell(effect.news):
                self._machine.fell_behind(effect.topic)
        elif isinstance(effect, do.FallSilent):
            ended = self._subscriptions.pop(effect.topic, None)
            if ended is not None:
                ended._end(effect.error)
        elif isinstance(effect, do.Published):
            _settle(self._publishers.get(effect.id), effect.result)
        elif isinstance(effect, do.Answered):
            _settle(self._callers.get(effect.number), effect.result)
        elif isinstance(effect, do.AskToken):
            self._asking = self._loop.create_task(self._ask_token(effect.expired))
        elif isinstance(effect, do.Open):
            self._line = Line(self._urls[effect.address], self._dialing, self)
            self._lines.add(self._line.task)
            self._line.task.add_done_callback(self._lines.discard)
        elif isinstance(effect, do.Close):
            if self._line is not None:
                self._line.close(effect.code)
            self._line = None
        else:
            self._report(effect)

    def _report(self, report: do.Report) -> None:
        if report.state in ("live", "stopped"):
            self._live.set()
        else:
            self._live.clear()
        if self._on_state is None:
            return
        retry_in = None if report.wait_ms is None else report.wait_ms / 1000
        try:
            self._on_state(ConnectionInfo(report.state, retry_in, report.error))
        except Exception:
            log.exception("on_state failed")

    async def _ask_token(self, expired: bool) -> None:
        try:
            token: Any = self._token(expired) if callable(self._token) else self._token
            if inspect.isawaitable(token):
                token = await token
        except Exception as error:
            self._machine.token_failed(str(error) or type(error).__name__, _clock())
        else:
            self._machine.token_ready(token, _clock())
        self._perform()

    def _set_timer(self) -> None:
        deadline = self._machine.next_deadline()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if deadline is not None:
            # At most a second, as the clock may have run on while the machine slept.
            wait = min(max(deadline - _clock(), 0) / 1000, 1.0)
            self._timer = self._loop.call_later(wait, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._machine.tick(_clock())
        self._perform()


def _settle(future: asyncio.Future[Any] | None, result: Any) -> None:
    if future is None or future.done():
        return
    if isinstance(result, MusterError):
        future.set_exception(result)
    else:
        future.set_result(result)
