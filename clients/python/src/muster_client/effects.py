"""What the machine wants done; the client does it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

from .errors import MusterError
from .news import Ack, News
from .wire import Frame


@dataclass(frozen=True)
class AskToken:
    """Answered with `token_ready` or `token_failed`."""

    expired: bool


@dataclass(frozen=True)
class Open:
    """Connect to the address of this index; answered with `opened` or `ended`."""

    address: int


@dataclass(frozen=True)
class Send:
    """Send one message."""

    text: str


@dataclass(frozen=True)
class Close:
    """End the connection after what was sent; nothing more is heard of it."""

    code: int


@dataclass(frozen=True)
class Tell:
    """Hand news to the reader of a topic."""

    topic: str
    news: News


@dataclass(frozen=True)
class FallSilent:
    """Nothing more is told of a topic; the error, if any, is why."""

    topic: str
    error: MusterError | None


@dataclass(frozen=True)
class Published:
    """A publish has its result."""

    id: str
    result: Ack | MusterError


@dataclass(frozen=True)
class Answered:
    """A request of the program has its answer."""

    number: int
    result: Frame | MusterError


@dataclass(frozen=True)
class Report:
    """The connection is in another state. `wait_ms` counts until the next try."""

    state: str
    wait_ms: int | None = None
    error: MusterError | None = None


Effect = Union[
    AskToken, Open, Send, Close, Tell, FallSilent, Published, Answered, Report
]
