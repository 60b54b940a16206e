"""The reader's end of a topic."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING

from .errors import MusterError
from .news import Event, Live, News, Position, PresenceChanged, Reset
from .presence import Member, Presence
from .wire import Frame

if TYPE_CHECKING:
    from .client import Muster
    from .news import Ack, HistoryPage


class Subscription:
    """A topic that is followed until `close()`, across reconnects; an async iterator of news.

    It is for one reader. The iteration ends with `close()` and with the client's; it raises a
    `MusterError` when the server told the client not to come back.

    At most `queue` items wait for the reader. Beyond that, the client stops taking events of the
    topic. When the reader has caught up, it recovers them by position over a new connection, or
    tells `Reset` if the server cannot replay that many.
    """

    def __init__(
        self, hub: Muster, topic: str, position: Position | None, queue: int
    ) -> None:
        self.topic = topic
        self.position = position
        """The position of the item that was read last, for `recover` in a later run."""
        self._hub = hub
        self._queue = queue
        self._waiting: deque[News] = deque()
        self._presence: Presence | None = None
        self._read_members: dict[str, Member] = {}
        self._wake = asyncio.Event()
        self._is_ended = False
        self._error: MusterError | None = None

    @property
    def presence(self) -> Presence:
        """The members as they are known now; empty unless `presence=True` was asked for."""
        return self._hub._presence_of(self.topic)

    async def publish(
        self, data: Frame, *, id: str | None = None, timeout: float | None = 30.0
    ) -> Ack:
        """See `Muster.publish`."""
        return await self._hub.publish(self.topic, data, id=id, timeout=timeout)

    async def history(
        self, *, before: int | None = None, limit: int = 50, timeout: float | None = 30.0
    ) -> HistoryPage:
        """See `Muster.history`."""
        return await self._hub.history(self.topic, before=before, limit=limit, timeout=timeout)

    async def close(self) -> None:
        """Leaves the topic."""
        self._hub._unsubscribe(self)

    async def __aenter__(self) -> Subscription:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def __aiter__(self) -> Subscription:
        return self

    async def __anext__(self) -> News:
        while not self._waiting:
            if self._error is not None:
                error, self._error = self._error, None
                raise error
            if self._is_ended:
                raise StopAsyncIteration
            self._wake.clear()
            await self._wake.wait()
        item = self._took(self._waiting.popleft())
        if not self._waiting:
            self._hub._caught_up(self)
        return item

    def _took(self, item: News) -> News:
        if isinstance(item, Event) and item.offset is not None and item.epoch is not None:
            self.position = Position(item.offset, item.epoch)
        elif isinstance(item, Reset):
            self.position = None
        elif isinstance(item, Live):
            self.position = item.position
        elif isinstance(item, PresenceChanged):
            return self._took_members(item)
        return item

    def _took_members(self, item: PresenceChanged) -> PresenceChanged:
        newest, self._presence = self._presence or item.presence, None
        old, new = self._read_members, dict(newest.members)
        self._read_members = new
        joined = tuple(member for id, member in new.items() if id not in old)
        left = tuple(member for id, member in old.items() if id not in new)
        return replace(item, presence=newest, joined=joined, left=left)

    def _tell(self, item: News) -> bool:
        """Queues news; False when the queue is full now."""
        if isinstance(item, PresenceChanged):
            is_told = self._presence is not None
            self._presence = item.presence
            if is_told:
                return True
        self._waiting.append(item)
        self._wake.set()
        return len(self._waiting) < self._queue

    def _end(self, error: MusterError | None) -> None:
        self._is_ended = True
        self._error = error
        self._wake.set()
