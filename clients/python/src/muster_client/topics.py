"""Topics and what is published in them, as the part of the machine that the connection drives."""

from __future__ import annotations

import abc
from collections.abc import Callable

from .effects import Answered, Effect, FallSilent, Published, Send, Tell
from .errors import MusterError, disconnected
from .news import Ack, News, Position, Refused
from .outbox import Entry, Outbox
from .pulse import Pulse
from .topic import Phase, TopicState
from .wire import Frame, encode, get_int, get_object, get_str

# Requests whose answers are awaited; more are refused.
MOST_REQUESTS = 1000


class Topics(abc.ABC):
    """Owns the subscriptions, the outbox and the requests that wait for an answer."""

    def __init__(self, *, queue: int, random: Callable[[], float]) -> None:
        self.topics: dict[str, TopicState] = {}
        self.outbox = Outbox(queue)
        self.pulse = Pulse(0)
        self.longest_message = 65_536
        # The purpose of each request and, with it, a topic or the number of a list.
        self.requests: dict[int, tuple[str, str]] = {}
        self._lists: dict[int, int] = {}
        self._random = random
        self._last_request = 0
        self._effects: list[Effect] = []

    @property
    @abc.abstractmethod
    def is_live(self) -> bool: ...

    @abc.abstractmethod
    def refusal_of_stopped(self) -> MusterError | None:
        """Why nothing can be asked any more."""

    def take_effects(self) -> list[Effect]:
        """Effects to perform, in this order."""
        effects, self._effects = self._effects, []
        return effects

    def emit(self, effect: Effect) -> None:
        self._effects.append(effect)

    def send(self, frame: Frame, now: int) -> None:
        self.pulse.sent(now)
        self.emit(Send(encode(frame)))

    def request(self, purpose: tuple[str, str], frame: Frame, now: int) -> int:
        """Sends a frame that is answered; the number of the request."""
        self._last_request += 1
        self.requests[self._last_request] = purpose
        self.send({**frame, "id": self._last_request}, now)
        return self._last_request

    def ask(self, frame: Frame, now: int) -> int:
        """Asks something for the program; raises without a connection."""
        if not self.is_live:
            raise MusterError("disconnected", "there is no connection now", temporary=True)
        if len(self.requests) >= MOST_REQUESTS:
            raise MusterError("queue_full", "too many requests wait", code=106, temporary=True)
        self.check_length(encode({**frame, "id": self._last_request + 1}))
        return self.request(("caller", ""), frame, now)

    def forget(self, number: int) -> None:
        """The program waits no longer for the answer to a request."""
        self.requests.pop(number, None)

    def check_length(self, text: str) -> None:
        if 0 < self.longest_message < len(text.encode()):
            raise MusterError("limit_exceeded", "the message is too long", code=106)

    def subscribe(
        self, topic: str, presence: bool, position: Position | None, now: int
    ) -> None:
        """Follows a topic from now on, across reconnects."""
        stopped = self.refusal_of_stopped()
        if stopped:
            raise stopped
        if topic in self.topics:
            raise MusterError("already_subscribed", code=105)
        self.topics[topic] = TopicState(presence, position)
        if self.is_live:
            self._start(topic, now)

    def unsubscribe(self, topic: str, now: int) -> None:
        state = self.topics.pop(topic, None)
        if state is None:
            return
        self.fail_publishes(MusterError("unsubscribed"), topic)
        self.emit(FallSilent(topic, None))
        if self.is_live and state.phase in (Phase.ASKING, Phase.LIVE):
            # Without an id the answer would look like being put out, perhaps of a new subscription.
            self.request(("leave", topic), {"type": "unsubscribe", "topic": topic}, now)

    def start_all(self, now: int) -> None:
        """The connection is there: asks for all topics and sends what waits."""
        for topic in sorted(self.topics):
            self._start(topic, now)
        for topic in sorted(self.outbox.topics()):
            self.flush(topic, now)

    def _start(self, topic: str, now: int) -> None:
        state = self.topics[topic]
        state.phase = Phase.ASKING
        frame = {"type": "subscribe", "topic": topic, "data": state.wish()}
        self.request(("subscribe", topic), frame, now)

    def started(self, topic: str, frame: Frame, now: int) -> None:
        state = self.topics.get(topic)
        if state is None:
            return
        news, next_page = state.started(frame)
        self.tell(topic, news)
        if next_page is not None:
            self._ask_list(topic, {"after": next_page}, now)
        self._ask_due_list(topic, now)
        self.flush(topic, now)

    def started_unasked(self, topic: str, frame: Frame, now: int) -> None:
        """The server began a topic anew, as when another server takes it over."""
        state = self.topics.get(topic)
        if state is not None and state.phase is Phase.LIVE:
            self.started(topic, frame, now)

    def answered(self, number: int, result: Frame | MusterError) -> None:
        """A request of the program has its answer."""
        self.emit(Answered(number, result))

    def tell(self, topic: str, news: list[News]) -> None:
        for item in news:
            self.emit(Tell(topic, item))

    def topic_refused(self, topic: str, error: MusterError, now: int) -> None:
        state = self.topics.get(topic)
        if state is None:
            return
        if error.code == 112 and state.position is not None:
            state.forget_position(error.reason)
            return self._start(topic, now)
        self.emit(Tell(topic, Refused(error)))
        if error.temporary:
            state.phase = Phase.PAUSING
            state.pause_until = now + self._pause(error)
            return
        state.phase = Phase.REFUSED
        state.refusal = error
        self.fail_publishes(error, topic)

    def _pause(self, error: MusterError) -> int:
        if error.retry_after_ms is not None:
            return max(0, error.retry_after_ms)
        return 1000 + int(self._random() * 4000)

    def removed(self, topic: str, reason: str) -> None:
        """The server took us out; coming back is for the program to decide."""
        if self.topics.pop(topic, None) is None:
            return
        error = MusterError(reason, "the server ended this subscription")
        self.fail_publishes(error, topic)
        self.emit(Tell(topic, Refused(error)))
        self.emit(FallSilent(topic, None))

    def presence_changed(self, topic: str, frame: Frame, now: int) -> None:
        state = self.topics.get(topic)
        if state is None:
            return
        revision = get_int(frame, "rev")
        data = get_object(frame, "data")
        if revision is None and data.get("counts_only") is not True:
            return
        known = state.presence.revision
        self.tell(topic, state.changed(data, known if revision is None else revision))
        self._ask_due_list(topic, now)

    def listed(self, topic: str, number: int, frame: Frame, now: int) -> None:
        """A page of members that was asked for."""
        state = self.topics.get(topic)
        if state is None or self._lists.pop(number, None) != state.list_generation:
            return
        data = get_object(frame, "data")
        revision = get_int(frame, "rev")
        news, next_page = state.whole(data, get_int(data, "rev") or 0 if revision is None else revision)
        self.tell(topic, news)
        if next_page is not None:
            self._ask_list(topic, {"after": next_page}, now)
        self._ask_due_list(topic, now)

    def list_refused(self, topic: str, number: int, error: MusterError, now: int) -> None:
        state = self.topics.get(topic)
        if state is not None and self._lists.pop(number, None) == state.list_generation:
            state.list_failed(now + self._pause(error))

    def _ask_list(self, topic: str, wish: Frame, now: int) -> None:
        generation = self.topics[topic].expect_list()
        frame = {"type": "presence", "topic": topic, "data": wish}
        self._lists[self.request(("list", topic), frame, now)] = generation

    def _ask_due_list(self, topic: str, now: int) -> None:
        state = self.topics[topic]
        if state.list_at is not None and now >= state.list_at and state.phase is Phase.LIVE:
            self._ask_list(topic, {}, now)

    def publish(self, id: str, topic: str, data: Frame, now: int) -> None:
        """Takes a publish into the outbox; raises if it cannot."""
        stopped = self.refusal_of_stopped()
        if stopped:
            raise stopped.about(id, ambiguous=False)
        if id in self.outbox.entries:
            raise MusterError("id_in_use", id=id)
        state = self.topics.get(topic)
        if state and state.phase is Phase.REFUSED and state.refusal:
            raise state.refusal.about(id, ambiguous=False)
        if self.outbox.is_full:
            raise MusterError("queue_full", code=106, temporary=True, id=id)
        text = encode({"type": "publish", "id": id, "topic": topic, "data": data})
        self.check_length(text)
        self.outbox.add(Entry(id, topic, text))
        self.flush(topic, now)

    def flush(self, topic: str, now: int) -> None:
        """Sends what waits for a topic, in order; one that is followed must be there first."""
        state = self.topics.get(topic)
        if not self.is_live or (state and state.phase is not Phase.LIVE):
            return
        due, old = self.outbox.flush(topic, now)
        for entry in old:
            error = MusterError("outcome_unknown", "it was sent and never acknowledged")
            self.emit(Published(entry.id, error.about(entry.id, ambiguous=True)))
        for entry in due:
            self.pulse.sent(now)
            self.emit(Send(entry.text))

    def withdraw(self, id: str) -> Entry | None:
        """The program waits no longer for a publish; it is not sent again."""
        return self.outbox.remove(id)

    def acknowledged(self, id: str, frame: Frame) -> bool:
        entry = self.outbox.remove(id)
        if entry is None:
            return False
        ack = Ack(
            id,
            get_int(frame, "offset"),
            get_str(frame, "epoch"),
            get_int(frame, "ts") or 0,
            entry.doubts > 0,
        )
        self.emit(Published(id, ack))
        return True

    def publish_refused(self, id: str, error: MusterError, now: int) -> bool:
        entry = self.outbox.entries.get(id)
        if entry is None:
            return False
        if error.temporary:
            # 100 is also the word for a write whose outcome the server itself does not know.
            entry.doubts += error.code == 100
            self.outbox.hold(id, error.retry_after_ms, now, self._random())
            return True
        self.outbox.remove(id)
        self.emit(Published(id, error.about(id, ambiguous=entry.doubts > 0)))
        return True

    def fail_publishes(self, error: MusterError, topic: str | None = None) -> None:
        """Ends the waiting of all publishes, or of those in one topic."""
        for entry in self.outbox.remove_all(topic):
            self.emit(Published(entry.id, error.about(entry.id, ambiguous=entry.is_ambiguous)))

    def forget_connection(self) -> list[str]:
        """Drops the state of one connection; the topics that were live."""
        live = self.live_topics()
        for number, (purpose, _) in sorted(self.requests.items()):
            if purpose == "caller":
                self.emit(Answered(number, disconnected().about(None, ambiguous=True)))
        self.requests.clear()
        self._lists.clear()
        self.outbox.rewind()
        for state in self.topics.values():
            state.disconnect()
        return live

    def live_topics(self) -> list[str]:
        """Topics whose readers believe that what they know is current."""
        return sorted(
            name
            for name, state in self.topics.items()
            if state.phase is Phase.LIVE and not state.is_behind
        )

    def fell_behind(self, topic: str) -> None:
        """The queue to the reader of a topic is full."""
        state = self.topics.get(topic)
        if state is not None:
            state.is_behind = True

    def topic_deadlines(self) -> list[int]:
        """The next moments at which `tick_topics` has something to do."""
        deadlines = [s.pause_until for s in self.topics.values() if s.phase is Phase.PAUSING]
        deadlines += [s.list_at for s in self.topics.values() if s.list_at is not None]
        hold = self.outbox.next_deadline()
        return deadlines if hold is None else [*deadlines, hold]

    def tick_topics(self, now: int) -> None:
        for topic in self.outbox.release(now):
            self.flush(topic, now)
        for topic, state in sorted(self.topics.items()):
            if state.phase is Phase.PAUSING and now >= state.pause_until:
                self._start(topic, now)
            self._ask_due_list(topic, now)
