"""When to come back after a connection was lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

LONGEST_MS = 20_000
FIRST_MS = 500
ABNORMAL = 1006


@dataclass(frozen=True)
class Loss:
    """How a connection ended.

    `ours_alone` means that only this client noticed: nothing was heard any more, or the connection
    never came about. `at_least_ms` is what a refusal asked for with `Retry-After`.
    """

    code: int
    was_live: bool
    ours_alone: bool
    at_least_ms: int = 0


def is_final(code: int) -> bool:
    """Whether the server said not to come back, or that this client is at fault."""
    return 4000 <= code < 4100 or code in (1000, 1002, 1003, 1007, 1009)


def is_window(code: int) -> bool:
    """Whether all clients of the server come back together, inside the announced window."""
    return 4200 <= code < 4300 or code == ABNORMAL


class Backoff:
    """Full jitter over a growing span, or a random moment of the announced window.

    Owns the number of tries and the rest of the window. A client that comes too early tries again
    at some moment of that rest: if all of these came soon, they would come at once.
    """

    def __init__(self, random: Callable[[], float]) -> None:
        self._random = random
        self.tries = 0
        self._left = 0

    def reset(self) -> None:
        """A connection lived long enough to end the series of failures."""
        self.tries = 0
        self._left = 0

    def lost(self, loss: Loss, window_ms: int | None) -> int | None:
        """Milliseconds until the next try; None to stop."""
        if is_final(loss.code) and not loss.ours_alone:
            return None
        together = (
            loss.was_live and self.tries == 0 and not loss.ours_alone and is_window(loss.code)
        )
        span = min(LONGEST_MS, FIRST_MS << min(self.tries, 10))
        self.tries += 1
        if together:
            self._left = span if window_ms is None else max(0, window_ms)
        wait = self.jitter(self._left if together else max(span, self._left))
        self._left = max(0, self._left - wait)
        return max(wait, loss.at_least_ms)

    def jitter(self, limit_ms: int) -> int:
        """A random number of milliseconds from 0 to the limit."""
        return int(self._random() * limit_ms)
