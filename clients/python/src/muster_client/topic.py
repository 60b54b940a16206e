"""One topic as the client follows it, across reconnects."""

from __future__ import annotations

from enum import Enum

from .errors import MusterError
from .news import Event, Live, News, Position, PresenceChanged, Reset, Snapshot, read_event
from .presence import Member, Outcome, Presence, apply_change, read_member
from .wire import Frame, get_int, get_object, get_objects, get_str

# A server sends next to nothing before its answer; more than this is no server of ours.
EARLY_EVENTS = 1000
HELD_CHANGES = 1000


class Phase(Enum):
    """How far a topic is on the present connection."""

    ABSENT = "absent"
    ASKING = "asking"
    LIVE = "live"
    PAUSING = "pausing"
    REFUSED = "refused"


class Flooded(Exception):
    """The server sent more than may be kept before an answer."""


class TopicState:
    """Owns the position in a topic and its members. Everything up to `offset` has been told.

    While `is_behind`, the reader has not taken what it was told, and events are not told: they are
    recovered from `offset` later.
    """

    def __init__(self, presence: bool, position: Position | None) -> None:
        self.wants_presence = presence
        self.phase = Phase.ABSENT
        self.pause_until = 0
        self.refusal: MusterError | None = None
        self.is_behind = False
        self.offset = position.offset if position else None
        self.epoch = position.epoch if position else None
        self.presence = Presence()
        self.list_at: int | None = None
        self._is_first = position is None
        self._lost_reason: str | None = None
        self._early: list[Frame] = []
        # Changes that wait while a whole list is on its way; None when none is.
        self._held: list[tuple[Frame, int]] | None = None
        self._pages: dict[str, Member] = {}
        self._pages_revision: int | None = None
        # Answers to questions for an earlier list are not heard.
        self.list_generation = 0

    @property
    def position(self) -> Position | None:
        if self.offset is None or self.epoch is None:
            return None
        return Position(self.offset, self.epoch)

    def wish(self) -> Frame:
        """The `data` of a `subscribe` frame."""
        wish: Frame = {"presence": self.wants_presence, "batch": True}
        position = self.position
        if position and not self.is_behind:
            wish["recover"] = {"offset": position.offset, "epoch": position.epoch}
        return wish

    def forget_position(self, reason: str) -> None:
        """What was missed cannot be replayed."""
        self.offset = None
        self._lost_reason = reason

    def disconnect(self) -> None:
        self.phase = Phase.ABSENT
        self._early = []
        self._drop_list()

    def started(self, frame: Frame) -> tuple[list[News], int | None]:
        """A `subscribed` frame, asked for or not: what to tell, and where the list goes on."""
        self.phase = Phase.LIVE
        early, self._early = self._early, []
        if self.is_behind:
            return [], None
        data = get_object(frame, "data")
        news = self._began(data, get_str(frame, "epoch"))
        if data.get("snapshot") is not None:
            news.append(Snapshot(data["snapshot"]))
        for event in get_objects(data, "events"):
            news.extend(self._take(event))
        offset = get_int(frame, "offset")
        if offset is not None:
            self.offset = offset if self.offset is None else max(self.offset, offset)
        for event in early:
            news.extend(self._take(event))
        next_page = None
        if isinstance(data.get("presence"), dict):
            self._drop_list()
            members = get_object(data, "presence")
            told, next_page = self.whole(members, get_int(members, "rev") or 0)
            news.extend(told)
        news.append(Live(data.get("recovered") is True, self.position))
        return news, next_page

    def _began(self, data: Frame, epoch: str | None) -> list[News]:
        recovered = data.get("recovered")
        is_other = not self._is_first and epoch != self.epoch
        is_lost = recovered is False or (recovered is not True and is_other)
        reason = get_str(data, "reason") or self._lost_reason or ""
        is_lost = is_lost or self._lost_reason is not None
        if is_lost or self._is_first:
            self.offset = None
        self.epoch = epoch
        self._is_first = False
        self._lost_reason = None
        return [Reset(reason)] if is_lost else []

    def event(self, frame: Frame) -> list[News]:
        """An event frame: what to tell now."""
        if self.phase is Phase.ASKING:
            if len(self._early) >= EARLY_EVENTS:
                raise Flooded
            self._early.append(frame)
        return self._take(frame) if self.phase is Phase.LIVE else []

    def _take(self, frame: Frame) -> list[News]:
        offset = get_int(frame, "offset")
        if self.is_behind:
            if offset is None:
                self._lost_reason = "overflow"
            return []
        if offset is not None:
            if self.offset is not None and offset <= self.offset:
                return []
            self.offset = offset
        event: Event = read_event(frame, self.epoch)
        return [event]

    def whole(self, data: Frame, revision: int) -> tuple[list[News], int | None]:
        """A whole list of members or a page of it: what to tell, and where the list goes on."""
        if self._held is None:
            self._held = []
        if self._pages_revision is None:
            self._pages_revision = revision
        for entry in get_objects(data, "members"):
            member = read_member(entry)
            if member is not None:
                self._pages[member.id] = member
        next_page = get_int(data, "next")
        counts_only = data.get("counts_only") is True
        if next_page is not None and not counts_only:
            return [], next_page
        # Changes since the first page are applied again: that changes nothing on later pages.
        first, pages, held = self._pages_revision, self._pages, self._held
        total = get_int(data, "total")
        self._drop_list()
        self.presence = Presence(
            {} if counts_only else pages, len(pages) if total is None else total, first, counts_only
        )
        for change, number in held:
            self.presence, outcome = apply_change(self.presence, change, number)
            if outcome is Outcome.GAP:
                self.list_at = 0
        return [PresenceChanged(self.presence)], None

    def list_failed(self, again_at: int) -> None:
        """The list could not be had; it is asked for again."""
        self._drop_list()
        self.list_at = again_at

    def expect_list(self) -> int:
        """A list is asked for: changes wait for it. The number of the question."""
        if self._held is None:
            self._held = []
        self.list_at = None
        return self.list_generation

    def _drop_list(self) -> None:
        self.list_generation += 1
        self.list_at = None
        self._held = None
        self._pages = {}
        self._pages_revision = None

    def changed(self, data: Frame, revision: int) -> list[News]:
        """A change of the members: what to tell. `list_at` is set when the list must be asked."""
        if self.phase is not Phase.LIVE or not self.wants_presence or self.is_behind:
            return []
        if self._held is not None:
            if len(self._held) >= HELD_CHANGES:
                raise Flooded
            self._held.append((data, revision))
            return []
        self.presence, outcome = apply_change(self.presence, data, revision)
        if outcome is Outcome.GAP:
            self._held = [(data, revision)]
            self.list_at = 0
        return [PresenceChanged(self.presence)] if outcome is Outcome.CHANGED else []
