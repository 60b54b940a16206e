"""The members of a topic, as a value that whole lists and changes are applied to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from .wire import Frame, get_int, get_objects, get_str


@dataclass(frozen=True)
class Member:
    """A member of a topic. `until` is when an unstable member will be gone, Unix milliseconds."""

    id: str
    name: str = ""
    avatar: str = ""
    online: bool = True
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True)
class Presence:
    """The members of a topic by id; complete unless `counts_only`, which large topics are."""

    members: Mapping[str, Member] = field(default_factory=dict)
    total: int = 0
    revision: int = 0
    counts_only: bool = False


class Outcome(Enum):
    """What a change did to the list it was applied to."""

    CHANGED = "changed"
    KNOWN = "known"
    GAP = "gap"


def read_member(entry: Frame) -> Member | None:
    """A member as a list or a `join` has it; None without an id."""
    id = get_str(entry, "id")
    if id is None:
        return None
    return Member(
        id=id,
        name=get_str(entry, "name") or "",
        avatar=get_str(entry, "avatar") or "",
        online=entry.get("state") != "unstable",
        since=get_int(entry, "since"),
        until=get_int(entry, "until"),
    )


def _updated(member: Member, entry: Frame) -> Member:
    name, avatar = get_str(entry, "name"), get_str(entry, "avatar")
    member = member if name is None else replace(member, name=name)
    member = member if avatar is None else replace(member, avatar=avatar)
    if "state" not in entry:
        return member
    return replace(member, online=entry["state"] != "unstable", until=get_int(entry, "until"))


def apply_change(presence: Presence, change: Frame, revision: int) -> tuple[Presence, Outcome]:
    """The list after a change; the same one if the change is known or does not follow it."""
    if change.get("counts_only") is True:
        return Presence({}, get_int(change, "total") or 0, revision, True), Outcome.CHANGED
    if revision <= presence.revision:
        return presence, Outcome.KNOWN
    if revision != presence.revision + 1 or presence.counts_only:
        return presence, Outcome.GAP
    members = dict(presence.members)
    for entry in get_objects(change, "join"):
        member = read_member(entry)
        if member is not None:
            members[member.id] = member
    for entry in get_objects(change, "update"):
        known = members.get(get_str(entry, "id") or "")
        if known is not None:
            members[known.id] = _updated(known, entry)
    for entry in get_objects(change, "leave"):
        members.pop(get_str(entry, "id") or "", None)
    total = get_int(change, "total")
    return Presence(members, len(members) if total is None else total, revision), Outcome.CHANGED
