"""The asyncio client of Muster: topics, presence and publishing over one connection.

The connection keeps itself alive and comes back by itself. Subscriptions, their positions and
publishes without an acknowledgement survive a reconnect.
"""

from .client import ConnectionInfo, Muster, TokenSource
from .errors import MusterError
from .machine import State
from .news import (
    Ack,
    Event,
    HistoryPage,
    Live,
    News,
    Position,
    PresenceChanged,
    Refused,
    Reset,
    Snapshot,
    Stale,
)
from .presence import Member, Presence
from .subscription import Subscription

__all__ = [
    "Ack",
    "ConnectionInfo",
    "Event",
    "HistoryPage",
    "Live",
    "Member",
    "Muster",
    "MusterError",
    "News",
    "Position",
    "Presence",
    "PresenceChanged",
    "Refused",
    "Reset",
    "Snapshot",
    "Stale",
    "State",
    "Subscription",
    "TokenSource",
]
