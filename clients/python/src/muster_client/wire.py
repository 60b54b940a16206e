"""Reading frames whose content cannot be trusted to have the documented types."""

from __future__ import annotations

import json
from typing import Any

Frame = dict[str, Any]


def decode(text: str) -> Frame | None:
    """The frame in a message, or None for a message that is no JSON object."""
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return frame if isinstance(frame, dict) else None


def encode(frame: Frame) -> str:
    """The message for a frame; raises `ValueError` or `TypeError` for data that JSON has not."""
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def get_int(source: Frame, name: str) -> int | None:
    """A member that is a whole number, however it is written."""
    value = source.get(name)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def get_str(source: Frame, name: str) -> str | None:
    value = source.get(name)
    return value if isinstance(value, str) else None


def get_object(source: Frame, name: str) -> Frame:
    """A member that is an object; an empty one if there is none."""
    value = source.get(name)
    return value if isinstance(value, dict) else {}


def get_objects(source: Frame, name: str) -> list[Frame]:
    """The objects in a member that is a list."""
    value = source.get(name)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
