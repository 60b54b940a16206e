"""The one error of this package."""

from __future__ import annotations


from .wire import Frame, get_int, get_str


class MusterError(Exception):
    """Why something that was asked of the server did not happen, or may not have happened.

    `code` is the number of the server's error or close code, 0 for what began on this side.
    `reason` is one word, such as `permission_denied`, `disconnected` or `timeout`.
    `temporary` says that the same thing may work later, after `retry_after_ms` if that is known.
    `ambiguous` says that the request went out and its outcome is not known: the server may have
    done it. Publishing once more under the same `id` within five minutes is safe.
    """

    def __init__(
        self,
        reason: str,
        message: str = "",
        *,
        code: int = 0,
        temporary: bool = False,
        retry_after_ms: int | None = None,
        ambiguous: bool = False,
        id: str | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.message = message
        self.code = code
        self.temporary = temporary
        self.retry_after_ms = retry_after_ms
        self.ambiguous = ambiguous
        self.id = id

    @classmethod
    def from_frame(cls, data: Frame) -> MusterError:
        """The error in the `data` of an `error` frame."""
        return cls(
            get_str(data, "reason") or "error",
            get_str(data, "msg") or "",
            code=get_int(data, "code") or 0,
            temporary=data.get("temporary") is True,
            retry_after_ms=get_int(data, "retry_after_ms"),
        )

    def about(self, id: str | None, *, ambiguous: bool) -> MusterError:
        """The same error, told of one request."""
        return MusterError(
            self.reason,
            self.message,
            code=self.code,
            temporary=self.temporary,
            retry_after_ms=self.retry_after_ms,
            ambiguous=ambiguous,
            id=id,
        )

    def __str__(self) -> str:
        text = f"{self.reason} ({self.code})" if self.code else self.reason
        text += f": {self.message}" if self.message else ""
        return text + (" [the outcome is not known]" if self.ambiguous else "")


def disconnected() -> MusterError:
    return MusterError("disconnected", "the connection ended before the answer", temporary=True)
