"""When to ping, when to call the data old, and when to give a connection up."""

from __future__ import annotations

from enum import Enum

# One ping, its answer, and some slack.
STALE_MS = 16_000


class Beat(Enum):
    """A thing that is due."""

    PING = "ping"
    STALE = "stale"
    LOST = "lost"


class Pulse:
    """The signs of life of one connection, in milliseconds of the client's clock."""

    def __init__(self, now: int) -> None:
        self.ping_ms = 10_000
        self.timeout_ms = 60_000
        self.heard_at = now
        self.sent_at = now
        self.is_stale = False

    def sent(self, now: int) -> None:
        self.sent_at = now

    def heard(self, now: int) -> bool:
        """Any byte counts. True if the data were called old before."""
        self.heard_at = now
        was_stale, self.is_stale = self.is_stale, False
        return was_stale

    # The server pings as well, so while it is heard a ping is due only after a silence of ours;
    # when it is not, a ping goes out twice as often.
    def _ping_at(self) -> int:
        asking = max(self.heard_at + self.ping_ms, self.sent_at + self.ping_ms // 2)
        return min(self.sent_at + self.ping_ms, asking)

    def next_deadline(self) -> int:
        deadline = min(self._ping_at(), self.heard_at + self.timeout_ms)
        return deadline if self.is_stale else min(deadline, self.heard_at + STALE_MS)

    def beat(self, now: int) -> Beat | None:
        """The next thing that is due; to be asked until the answer is None."""
        if now >= self.heard_at + self.timeout_ms:
            return Beat.LOST
        if not self.is_stale and now >= self.heard_at + STALE_MS:
            self.is_stale = True
            return Beat.STALE
        if now < self._ping_at():
            return None
        self.sent_at = now
        return Beat.PING
