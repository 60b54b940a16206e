"""Frames from the server, handed to the part of the machine that they concern."""

from __future__ import annotations

from .errors import MusterError
from .machine import Machine, State
from .topic import Flooded
from .wire import Frame, get_int, get_object, get_objects, get_str


def receive(machine: Machine, frame: Frame, now: int) -> None:
    """One frame. Frames and members that are not known are ignored."""
    if machine.state not in (State.GREETING, State.LIVE):
        return
    try:
        _dispatch(machine, frame, now)
    except Flooded:
        machine.give_up("flooded", now)


def _dispatch(machine: Machine, frame: Frame, now: int) -> None:
    kind, topic = get_str(frame, "type"), get_str(frame, "topic") or ""
    is_answer = frame.get("re") is not None
    if kind == "ping":
        machine.send({"type": "pong", "data": {"t": frame.get("ts")}}, now)
    elif kind == "goodbye":
        machine.goodbye(get_object(frame, "data"))
    elif kind == "event":
        _event(machine, topic, frame)
    elif kind == "events":
        for event in get_objects(get_object(frame, "data"), "events"):
            _event(machine, topic, event)
    elif kind == "presence" and not is_answer:
        machine.presence_changed(topic, frame, now)
    elif kind == "subscribed" and not is_answer:
        machine.started_unasked(topic, frame, now)
    elif kind == "unsubscribed" and not is_answer:
        machine.removed(topic, get_str(get_object(frame, "data"), "reason") or "removed")
    elif kind == "error":
        _refused(machine, frame, now)
    elif is_answer:
        _answered(machine, kind, frame, now)


def _event(machine: Machine, topic: str, frame: Frame) -> None:
    state = machine.topics.get(topic)
    if state is not None:
        machine.tell(topic, state.event(frame))


def _answered(machine: Machine, kind: str | None, frame: Frame, now: int) -> None:
    id = get_str(frame, "re")
    if id is not None:
        if kind == "ack":
            machine.acknowledged(id, frame)
        return
    number = get_int(frame, "re")
    purpose, topic = machine.requests.pop(-1 if number is None else number, ("", ""))
    if number is None or not purpose:
        return
    if purpose == "hello":
        machine.welcomed(frame, now)
    elif purpose == "subscribe":
        machine.started(topic, frame, now)
    elif purpose == "list":
        machine.listed(topic, number, frame, now)
    elif purpose == "caller":
        machine.answered(number, frame)


def _refused(machine: Machine, frame: Frame, now: int) -> None:
    error = MusterError.from_frame(get_object(frame, "data"))
    if error.code == 109:
        machine.expired()
    id = get_str(frame, "re")
    if id is not None:
        machine.publish_refused(id, error, now)
        return
    number = get_int(frame, "re")
    purpose, topic = machine.requests.pop(-1 if number is None else number, ("", ""))
    if number is None or not purpose:
        return
    if purpose == "hello":
        machine.hello_refused(error, now)
    elif purpose == "subscribe":
        machine.topic_refused(topic, error, now)
    elif purpose == "list":
        machine.list_refused(topic, number, error, now)
    elif purpose == "caller":
        machine.answered(number, error)
