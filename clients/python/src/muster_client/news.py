"""What a subscription tells its reader, and the answers to requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Union

from .errors import MusterError
from .presence import Member, Presence
from .wire import Frame, get_int, get_str


@dataclass(frozen=True)
class Position:
    """A place in the history of a topic. The epoch changes only when history was truly lost."""

    offset: int
    epoch: str


@dataclass(frozen=True)
class Event:
    """Something that happened in the topic, told once and in order.

    `offset` is None for an event that is in no history. `ts` is the server's clock in Unix
    milliseconds.
    """

    data: Frame
    offset: int | None = None
    epoch: str | None = None
    ts: int = 0

    @property
    def name(self) -> str:
        """The kind of event, such as `chat.msg`."""
        return get_str(self.data, "event") or ""


@dataclass(frozen=True)
class Snapshot:
    """The state that the topic's owner gives a newcomer; it replaces an earlier one."""

    data: Any


@dataclass(frozen=True)
class PresenceChanged:
    """The members changed. Changes that were not read yet are told together.

    `joined` and `left` compare with the list that was read before.
    """

    presence: Presence
    joined: tuple[Member, ...] = ()
    left: tuple[Member, ...] = ()


@dataclass(frozen=True)
class Reset:
    """Missed events cannot be replayed, for this reason: forget what was built from events.

    The reasons of the server are `epoch_changed`, `too_old` and `too_many`. `overflow` means that
    the reader was so slow that events without an offset had to be dropped.
    """

    reason: str


@dataclass(frozen=True)
class Stale:
    """Nothing was heard for a while, or the connection is gone: what is known may be old."""


@dataclass(frozen=True)
class Live:
    """What is known is current (again). `recovered` says that every missed event was told."""

    recovered: bool
    position: Position | None = None


@dataclass(frozen=True)
class Refused:
    """The server refused the topic. It is asked for again if the error is temporary, and with
    the next connection; after `removed` it is not."""

    error: MusterError


News = Union[Event, Snapshot, PresenceChanged, Reset, Stale, Live, Refused]


@dataclass(frozen=True)
class Ack:
    """The server has the message.

    `resent` says that it went out more than once. The server drops the repetition, except in a
    topic without stored history when the server itself was restarted in between.
    """

    id: str
    offset: int | None
    epoch: str | None
    ts: int
    resent: bool


@dataclass(frozen=True)
class HistoryPage:
    """Older events, oldest first; `more` is False where the kept history begins."""

    events: tuple[Event, ...]
    more: bool


def read_event(frame: Frame, epoch: str | None) -> Event:
    """The event in a whole event frame."""
    data = frame.get("data")
    return Event(
        data=data if isinstance(data, dict) else {},
        offset=get_int(frame, "offset"),
        epoch=epoch,
        ts=get_int(frame, "ts") or 0,
    )
