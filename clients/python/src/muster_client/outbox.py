"""Publishes without an acknowledgement; they survive reconnects."""

from __future__ import annotations

from dataclasses import dataclass

from .backoff import FIRST_MS, LONGEST_MS
from .wire import Frame

# The server knows a publish by its id for five minutes. Later, a repetition could double it.
SAME_ID_MS = 300_000
SLACK_MS = 10_000


@dataclass
class Entry:
    """One publish. `first_sent_at` is None until it goes out for the first time.

    `doubts` counts the times it went out without a word on whether it was done.
    """

    id: str
    topic: str
    text: str
    first_sent_at: int | None = None
    on_wire: bool = False
    doubts: int = 0
    refusals: int = 0

    @property
    def is_ambiguous(self) -> bool:
        """Whether the server may have done it, as far as is known here."""
        return self.on_wire or self.doubts > 0


class Outbox:
    """At most `capacity` entries in their order. All of a topic wait when one was told to wait,
    so that none overtakes another."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.entries: dict[str, Entry] = {}
        self.holds: dict[str, int] = {}

    @property
    def is_full(self) -> bool:
        return len(self.entries) >= self.capacity

    def topics(self) -> set[str]:
        return {entry.topic for entry in self.entries.values()}

    def next_deadline(self) -> int | None:
        return min(self.holds.values(), default=None)

    def add(self, entry: Entry) -> None:
        self.entries[entry.id] = entry

    def remove(self, id: str) -> Entry | None:
        return self.entries.pop(id, None)

    def remove_all(self, topic: str | None = None) -> list[Entry]:
        """Takes out every entry, or those of one topic."""
        gone = [entry for entry in self.entries.values() if topic in (None, entry.topic)]
        for entry in gone:
            del self.entries[entry.id]
        return gone

    def rewind(self) -> None:
        """The connection is gone: everything has to be sent again."""
        for entry in self.entries.values():
            entry.doubts += entry.on_wire
            entry.on_wire = False

    def flush(self, topic: str, now: int) -> tuple[list[Entry], list[Entry]]:
        """Entries of a topic to send now, and those too old to be sent again."""
        due: list[Entry] = []
        old: list[Entry] = []
        if topic in self.holds:
            return due, old
        for entry in self.entries.values():
            if entry.topic != topic or entry.on_wire:
                continue
            if entry.first_sent_at is None:
                entry.first_sent_at = now
            if now - entry.first_sent_at > SAME_ID_MS - SLACK_MS:
                old.append(entry)
                continue
            entry.on_wire = True
            due.append(entry)
        for entry in old:
            del self.entries[entry.id]
        return due, old

    def hold(self, id: str, retry_after_ms: int | None, now: int, random: float) -> None:
        """The server refused an entry for now; `random` is from 0 to 1."""
        entry = self.entries.get(id)
        if entry is None:
            return
        span = min(LONGEST_MS, FIRST_MS << min(entry.refusals, 10))
        wait = int(random * span) if retry_after_ms is None else max(0, retry_after_ms)
        entry.on_wire = False
        entry.refusals += 1
        self.holds[entry.topic] = max(now + wait, self.holds.get(entry.topic, 0))

    def release(self, now: int) -> list[str]:
        """The topics whose waiting is over."""
        over = sorted(topic for topic, until in self.holds.items() if until <= now)
        for topic in over:
            del self.holds[topic]
        return over
