"""The life of the connection: coming in, staying, being lost, ending.

`Machine` is told what happened and answers what to do. It knows no socket, task or clock; moments
are milliseconds of any clock that only goes forward.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from .backoff import ABNORMAL, Backoff, Loss
from .effects import AskToken, Close, FallSilent, Open, Report, Tell
from .errors import MusterError
from .news import Live, Stale
from .pulse import Beat, Pulse
from .topic import Phase
from .topics import Topics
from .wire import Frame, get_int, get_object, get_str

# The time limit of all handshakes with one address together.
PATIENCE_MS = 10_000
# A connection that lived for this long ends a series of failures.
STEADY_MS = 10_000
TOKEN_EXPIRED = 4105
UNAUTHORIZED = 4001
# Not 1000: the server would take that for a farewell and end our presence at once.
GIVEN_UP = 3000


class State(str, Enum):
    """How the connection is doing."""

    IDLE = "idle"
    ASKING_TOKEN = "asking_token"
    OPENING = "opening"
    GREETING = "greeting"
    LIVE = "live"
    WAITING = "waiting"
    STOPPED = "stopped"


class Machine(Topics):
    """Owns everything that must survive a reconnect, and the decisions about it."""

    def __init__(
        self,
        *,
        session: str,
        client: str,
        addresses: int,
        queue: int,
        random: Callable[[], float],
    ) -> None:
        super().__init__(queue=queue, random=random)
        self.state = State.IDLE
        self.welcome: Frame = {}
        self.session = session
        self._client = client
        self._backoff = Backoff(random)
        self._token: str | None = None
        self._is_expired = False
        self._goodbye: Frame | None = None
        self._end: MusterError | None = None
        self._until = 0
        self._live_since = 0
        self._addresses = addresses
        self._address = 0
        self._addresses_left = 0

    @property
    def is_live(self) -> bool:
        return self.state is State.LIVE

    def refusal_of_stopped(self) -> MusterError | None:
        return self._end

    def connect(self, now: int) -> None:
        """Begins a round over all addresses, from the one that worked last."""
        if self.state not in (State.IDLE, State.WAITING):
            return
        self.state = State.ASKING_TOKEN
        self._goodbye = None
        self._addresses_left = self._addresses
        self.emit(Report("connecting"))
        self.emit(AskToken(self._is_expired))

    def token_ready(self, token: str | None, now: int) -> None:
        if self.state is not State.ASKING_TOKEN:
            return
        self._token = token
        self._is_expired = False
        self._open(now)

    def token_failed(self, message: str, now: int) -> None:
        if self.state is State.ASKING_TOKEN:
            error = MusterError("no_token", message, temporary=True)
            self._lost(Loss(ABNORMAL, False, True), now, error)

    def _open(self, now: int) -> None:
        self.state = State.OPENING
        self._addresses_left -= 1
        self._until = now + PATIENCE_MS
        self.emit(Open(self._address))

    def opened(self, now: int) -> None:
        """The upgrade was answered."""
        if self.state is not State.OPENING:
            return
        self.state = State.GREETING
        self.pulse = Pulse(now)
        data: Frame = {"client": self._client, "session": self.session}
        if self._token:
            data["token"] = self._token
        self.request(("hello", ""), {"type": "hello", "data": data}, now)

    def welcomed(self, frame: Frame, now: int) -> None:
        if self.state is not State.GREETING:
            return
        self.welcome = get_object(frame, "data")
        self.session = get_str(self.welcome, "session") or self.session
        # A hostile figure must not make the client spin or wait for ever.
        self.pulse.ping_ms = min(max(get_int(self.welcome, "ping_ms") or 10_000, 1000), 600_000)
        timeout = get_int(self.welcome, "timeout_ms") or 60_000
        self.pulse.timeout_ms = min(max(timeout, 2000), 3_600_000)
        longest = get_int(self.welcome, "max_message")
        self.longest_message = 65_536 if longest is None else longest
        self.state = State.LIVE
        self._live_since = now
        self.emit(Report("live"))
        self.start_all(now)

    def goodbye(self, data: Frame) -> None:
        """The last words of the server, until the next connection."""
        self._goodbye = data

    def expired(self) -> None:
        """The token was refused as too old."""
        self._is_expired = True

    def hello_refused(self, error: MusterError, now: int) -> None:
        """A token that is too old may be followed by a better one; other refusals are final,
        except those that are temporary or about a token that cannot be looked up now."""
        if self.state is not State.GREETING:
            return
        self.emit(Close(GIVEN_UP))
        if error.code == 109:
            code = TOKEN_EXPIRED
        else:
            code = ABNORMAL if error.temporary or error.code in (100, 108) else UNAUTHORIZED
        self._lost(Loss(code, False, False, error.retry_after_ms or 0), now, error)

    def ended(self, code: int, reason: str, now: int, *, retry_after_ms: int = 0) -> None:
        """The connection ended by itself, or did not come about."""
        error = MusterError(reason or "disconnected", code=code, temporary=True)
        if self.state is State.OPENING:
            if code == TOKEN_EXPIRED:
                self._is_expired = True
            self._try_next(Loss(ABNORMAL, False, True, retry_after_ms), now, error)
        elif self.state in (State.GREETING, State.LIVE):
            self._lost(Loss(code, self.is_live, False), now, error)

    def _try_next(self, loss: Loss, now: int, error: MusterError) -> None:
        self._address = (self._address + 1) % self._addresses
        if self._addresses_left > 0:
            self._open(now)
        else:
            self._lost(loss, now, error)

    def _lost(self, loss: Loss, now: int, error: MusterError) -> None:
        """Forgets the connection and decides when to come back."""
        said = get_int(self._goodbye, "code") if self._goodbye else None
        if said is not None:
            loss = Loss(said, loss.was_live, False, loss.at_least_ms)
        if loss.code == TOKEN_EXPIRED:
            self._is_expired = True
        if loss.was_live and now - self._live_since > STEADY_MS:
            self._backoff.reset()
        if not loss.was_live and self.state is State.GREETING:
            self._address = (self._address + 1) % self._addresses
        self.state = State.WAITING
        self._forget_connection()
        goodbye = self._goodbye or {}
        window = get_int(goodbye, "window_ms")
        if window is None:
            window = get_int(self.welcome, "reconnect_window_ms")
        wait = self._backoff.lost(loss, None if window is None else min(window, 3_600_000))
        if wait is None or goodbye.get("reconnect") is False:
            reason = get_str(goodbye, "reason") or error.reason
            return self._stop(MusterError(reason, error.message, code=loss.code))
        self._until = now + wait
        self.emit(Report("waiting", wait, error))

    def _forget_connection(self) -> None:
        was_stale = self.pulse.is_stale
        for topic in self.forget_connection():
            if not was_stale:
                self.emit(Tell(topic, Stale()))

    def give_up(self, reason: str, now: int) -> None:
        """Ends a connection that only this client finds broken."""
        was_live, was_opening = self.is_live, self.state is State.OPENING
        self.emit(Close(GIVEN_UP))
        error = MusterError(reason, temporary=True)
        loss = Loss(ABNORMAL, was_live, True)
        if was_opening:
            self._try_next(loss, now, error)
        else:
            self._lost(loss, now, error)

    def _stop(self, error: MusterError) -> None:
        self.state = State.STOPPED
        self._end = error
        self.fail_publishes(error)
        self.emit(Report("stopped", None, error))
        own = None if error.reason == "closed" else error
        for topic in sorted(self.topics):
            self.emit(FallSilent(topic, own))
        self.topics.clear()

    def close(self, now: int) -> None:
        """Says goodbye; nothing is tried again."""
        if self.state is State.STOPPED:
            return
        if self.is_live:
            self.send({"type": "bye"}, now)
        self.emit(Close(1000))
        self._forget_connection()
        self._stop(MusterError("closed", "this client was closed"))

    def heard(self, now: int) -> None:
        """A byte came."""
        if self.state in (State.GREETING, State.LIVE) and self.pulse.heard(now):
            for topic in self.live_topics():
                self.emit(Tell(topic, Live(True, self.topics[topic].position)))

    def next_deadline(self) -> int | None:
        """When `tick` has to be called, if nothing happens before."""
        if self.state in (State.OPENING, State.GREETING, State.WAITING):
            return self._until
        if self.state is State.LIVE:
            return min([self.pulse.next_deadline(), *self.topic_deadlines()])
        return None

    def tick(self, now: int) -> None:
        if self.state in (State.OPENING, State.GREETING):
            if now >= self._until:
                self.give_up("no_welcome", now)
        elif self.state is State.WAITING:
            if now >= self._until:
                self.connect(now)
        elif self.state is State.LIVE:
            self._beat(now)
            if self.is_live:
                self.tick_topics(now)

    def _beat(self, now: int) -> None:
        while self.is_live and (beat := self.pulse.beat(now)) is not None:
            if beat is Beat.PING:
                self.send({"type": "ping", "ts": now}, now)
            elif beat is Beat.STALE:
                for topic in self.live_topics():
                    self.emit(Tell(topic, Stale()))
            else:
                self.give_up("no_heartbeat", now)

    def caught_up(self, topic: str, now: int) -> None:
        """The reader of a topic has taken everything it was told.

        Breaking the line recovers what it missed and keeps its presence, which `unsubscribe`
        would end.
        """
        state = self.topics.get(topic)
        if state is None or not state.is_behind:
            return
        state.is_behind = False
        if self.is_live and state.phase in (Phase.ASKING, Phase.LIVE):
            self.give_up("reader_was_slow", now)
