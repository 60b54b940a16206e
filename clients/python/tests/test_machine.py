"""The client's decisions under a clock that the tests turn."""

import json
import unittest
from typing import Any

from muster_client import effects as do
from muster_client.effects import Effect
from muster_client.errors import MusterError
from muster_client.frames import receive
from muster_client.machine import Machine, State
from muster_client.news import Ack, Event, Live, Refused, Reset, Stale
from muster_client.wire import Frame

WELCOME: Frame = {
    "session": "s_1", "ping_ms": 10_000, "timeout_ms": 60_000,
    "reconnect_window_ms": 8000, "max_message": 1000,
}


class Desk:
    """A machine, its clock, and what it wants done."""

    def __init__(self, addresses: int = 1, queue: int = 10) -> None:
        self.now = 1000
        self.machine = Machine(
            session="s_0", client="test/1", addresses=addresses, queue=queue, random=lambda: 0.5
        )

    def take(self) -> list[Effect]:
        return self.machine.take_effects()

    def sent(self) -> list[Frame]:
        """Frames that go out now, and no other effects."""
        return [json.loads(e.text) for e in self.take() if isinstance(e, do.Send)]

    def hear(self, **frame: Any) -> None:
        self.machine.heard(self.now)
        receive(self.machine, frame, self.now)

    def come_in(self) -> None:
        self.machine.connect(self.now)
        self.machine.token_ready("tok", self.now)
        self.machine.opened(self.now)
        hello = self.sent()[-1]
        self.hear(type="welcome", re=hello["id"], data=WELCOME)

    def follow(self, topic: str = "t") -> int:
        """Subscribes and answers; the number of the request."""
        self.machine.subscribe(topic, True, None, self.now)
        number: int = self.sent()[-1]["id"]
        self.hear(
            type="subscribed", re=number, topic=topic, offset=5, epoch="e",
            data={"presence": {"rev": 1, "total": 0, "members": []}},
        )
        self.take()
        return number

    def turn_to_deadline(self) -> None:
        deadline = self.machine.next_deadline()
        assert deadline is not None
        self.now = max(self.now, deadline)
        self.machine.tick(self.now)

    def told(self) -> list[object]:
        return [effect.news for effect in self.take() if isinstance(effect, do.Tell)]


class LifeTests(unittest.TestCase):
    def setUp(self) -> None:
        self.desk = Desk()
        self.machine = self.desk.machine

    def test_hello_carries_token_session_and_client(self) -> None:
        self.machine.connect(0)
        self.machine.token_ready("tok", 0)
        self.machine.opened(0)
        data = self.desk.sent()[0]["data"]
        self.assertEqual(data, {"token": "tok", "session": "s_0", "client": "test/1"})

    def test_the_session_of_welcome_is_kept(self) -> None:
        self.desk.come_in()
        self.assertEqual(self.machine.session, "s_1")
        self.assertIs(self.machine.state, State.LIVE)

    def test_without_welcome_the_line_is_given_up_after_ten_seconds(self) -> None:
        self.machine.connect(0)
        self.machine.token_ready(None, 0)
        self.machine.opened(100)
        self.assertEqual(self.machine.next_deadline(), 10_000)
        self.machine.tick(10_000)
        self.assertIn(do.Close(3000), self.desk.take())
        self.assertIs(self.machine.state, State.WAITING)

    def test_a_silent_line_is_pinged_and_then_given_up(self) -> None:
        self.desk.come_in()
        self.desk.follow()
        seen: list[Effect] = []
        while self.machine.state is State.LIVE:
            self.desk.turn_to_deadline()
            seen += self.desk.take()
        self.assertEqual(self.desk.now, 61_000)
        self.assertIn(do.Tell("t", Stale()), seen)
        self.assertIn(do.Close(3000), seen)
        pings = [e for e in seen if isinstance(e, do.Send) and '"ping"' in e.text]
        self.assertGreaterEqual(len(pings), 5)

    def test_pings_are_answered_with_their_time(self) -> None:
        self.desk.come_in()
        self.desk.take()
        self.desk.hear(type="ping", ts=77)
        self.assertEqual(self.desk.sent(), [{"type": "pong", "data": {"t": 77}}])

    def test_goodbye_names_code_and_window(self) -> None:
        self.desk.come_in()
        self.desk.hear(
            type="goodbye", data={"code": 4200, "reason": "shutdown", "window_ms": 6000}
        )
        self.machine.ended(1006, "", self.desk.now)
        self.assertEqual(self.machine.next_deadline(), self.desk.now + 3000)

    def test_goodbye_without_return_ends_it(self) -> None:
        self.desk.come_in()
        self.desk.follow()
        self.desk.hear(type="goodbye", data={"code": 4200, "reason": "bye", "reconnect": False})
        self.machine.ended(1006, "", self.desk.now)
        self.assertIs(self.machine.state, State.STOPPED)
        silent = [e for e in self.desk.take() if isinstance(e, do.FallSilent)]
        self.assertEqual([e.error.code for e in silent if e.error], [4200])

    def test_a_crash_waits_for_the_window_of_welcome(self) -> None:
        self.desk.come_in()
        self.machine.ended(1006, "", self.desk.now)
        self.assertEqual(self.machine.next_deadline(), self.desk.now + 4000)

    def test_an_expired_token_is_asked_for_anew(self) -> None:
        self.machine.connect(0)
        self.machine.token_ready("old", 0)
        self.machine.opened(0)
        number = self.desk.sent()[-1]["id"]
        self.desk.hear(type="error", re=number, data={"code": 109, "reason": "token_expired"})
        self.assertIs(self.machine.state, State.WAITING)
        self.desk.turn_to_deadline()
        self.assertIn(do.AskToken(True), self.desk.take())

    def test_a_token_that_cannot_be_looked_up_is_kept(self) -> None:
        self.machine.connect(0)
        self.machine.token_ready("good", 0)
        self.machine.opened(0)
        number = self.desk.sent()[-1]["id"]
        self.desk.hear(type="error", re=number, data={"code": 108, "reason": "not_available"})
        self.desk.turn_to_deadline()
        self.assertIn(do.AskToken(False), self.desk.take())

    def test_any_other_refusal_of_hello_is_final(self) -> None:
        self.machine.connect(0)
        self.machine.token_ready("t", 0)
        self.machine.opened(0)
        number = self.desk.sent()[-1]["id"]
        self.desk.hear(type="error", re=number, data={"code": 106, "reason": "limit_exceeded"})
        self.assertIs(self.machine.state, State.STOPPED)

    def test_addresses_are_tried_in_turn_before_waiting(self) -> None:
        desk = Desk(addresses=3)
        desk.machine.connect(0)
        desk.machine.token_ready(None, 0)
        desk.machine.ended(1006, "refused", 0)
        desk.machine.ended(1006, "refused", 0)
        opened = [e.address for e in desk.take() if isinstance(e, do.Open)]
        self.assertEqual(opened, [0, 1, 2])
        desk.machine.ended(1006, "refused", 0)
        self.assertIs(desk.machine.state, State.WAITING)

    def test_the_address_that_worked_is_tried_first(self) -> None:
        desk = Desk(addresses=2)
        desk.machine.connect(0)
        desk.machine.token_ready(None, 0)
        desk.machine.ended(1006, "refused", 0)
        desk.machine.opened(0)
        number = desk.sent()[-1]["id"]
        desk.hear(type="welcome", re=number, data=WELCOME)
        desk.machine.ended(1006, "", desk.now)
        desk.turn_to_deadline()
        desk.machine.token_ready(None, desk.now)
        self.assertIn(do.Open(1), desk.take())

    def test_close_says_bye_and_ends(self) -> None:
        self.desk.come_in()
        self.desk.take()
        self.machine.close(self.desk.now)
        effects = self.desk.take()
        self.assertEqual(effects[:2], [do.Send('{"type":"bye"}'), do.Close(1000)])
        with self.assertRaises(MusterError):
            self.machine.subscribe("t", False, None, self.desk.now)

    def test_hostile_figures_in_welcome_are_bounded(self) -> None:
        self.machine.connect(0)
        self.machine.token_ready(None, 0)
        self.machine.opened(0)
        number = self.desk.sent()[-1]["id"]
        self.desk.hear(
            type="welcome", re=number,
            data={"ping_ms": -5, "timeout_ms": 1e300, "reconnect_window_ms": 10**30},
        )
        self.assertGreaterEqual(self.machine.pulse.ping_ms, 1000)
        self.assertLessEqual(self.machine.pulse.timeout_ms, 3_600_000)
        self.machine.ended(1006, "", self.desk.now)
        deadline = self.machine.next_deadline()
        assert deadline is not None
        self.assertLessEqual(deadline, self.desk.now + 3_600_000)


class TopicTests(unittest.TestCase):
    def setUp(self) -> None:
        self.desk = Desk()
        self.machine = self.desk.machine
        self.desk.come_in()
        self.desk.take()

    def event(self, offset: int) -> None:
        self.desk.hear(type="event", topic="t", offset=offset, data={"n": offset})

    def come_back(self) -> Frame:
        """The frame in which the topic is asked for again."""
        self.machine.ended(1006, "", self.desk.now)
        self.desk.turn_to_deadline()
        self.desk.come_in()
        return next(f for f in self.desk.sent() if f["type"] == "subscribe")

    def test_a_reconnect_recovers_from_the_last_event(self) -> None:
        self.desk.follow()
        self.event(6)
        self.assertEqual(self.come_back()["data"]["recover"], {"offset": 6, "epoch": "e"})

    def test_batches_are_whole_events(self) -> None:
        self.desk.follow()
        events = [{"offset": 6, "data": {}}, {"offset": 7, "data": {}}, 5]
        self.desk.hear(type="events", topic="t", data={"events": events})
        self.assertEqual(len(self.desk.told()), 2)

    def test_a_subscribed_that_was_not_asked_for_counts(self) -> None:
        self.desk.follow()
        self.desk.hear(
            type="subscribed", topic="t", offset=1, epoch="f",
            data={"recovered": False, "reason": "epoch_changed"},
        )
        told = self.desk.told()
        self.assertEqual(told[0], Reset("epoch_changed"))
        self.event(2)
        self.assertIsInstance(self.desk.told()[0], Event)

    def test_unknown_frames_and_members_are_ignored(self) -> None:
        self.desk.follow()
        self.desk.hear(type="sparkle", topic="t", glitter=1)
        self.desk.hear(type="sparkle", re=99)
        self.desk.hear(kind=5)
        self.desk.hear(type="event", topic="other", offset=1)
        self.desk.hear(type="event", topic=5, offset=[], data=7)
        self.assertEqual(self.desk.take(), [])
        self.assertTrue(self.machine.is_live)

    def test_a_temporary_refusal_is_tried_again_in_time(self) -> None:
        self.machine.subscribe("t", False, None, self.desk.now)
        number = self.desk.sent()[-1]["id"]
        error = {"code": 111, "reason": "slow", "temporary": True, "retry_after_ms": 700}
        self.desk.hear(type="error", re=number, data=error)
        self.assertIsInstance(self.desk.told()[0], Refused)
        self.assertEqual(self.machine.next_deadline(), self.desk.now + 700)
        self.desk.turn_to_deadline()
        self.assertEqual(self.desk.sent()[0]["type"], "subscribe")

    def test_a_refusal_ends_what_waits_to_be_published(self) -> None:
        self.machine.subscribe("t", False, None, self.desk.now)
        number = self.desk.sent()[-1]["id"]
        self.machine.publish("a", "t", {}, self.desk.now)
        self.desk.hear(type="error", re=number, data={"code": 103, "reason": "permission_denied"})
        results = [e.result for e in self.desk.take() if isinstance(e, do.Published)]
        assert isinstance(results[0], MusterError)
        self.assertFalse(results[0].ambiguous)
        with self.assertRaises(MusterError):
            self.machine.publish("b", "t", {}, self.desk.now)

    def test_being_put_out_ends_the_subscription(self) -> None:
        self.desk.follow()
        self.desk.hear(type="unsubscribed", topic="t", data={"reason": "removed"})
        effects = self.desk.take()
        self.assertIn(do.FallSilent("t", None), effects)
        self.assertEqual(self.machine.topics, {})

    def test_a_gap_in_presence_asks_for_the_list_once(self) -> None:
        self.desk.follow()
        for revision in (3, 4):
            self.desk.hear(type="presence", topic="t", rev=revision, data={"join": [{"id": "a"}]})
        asked = self.desk.sent()
        self.assertEqual([frame["type"] for frame in asked], ["presence"])
        self.desk.hear(
            type="presence", re=asked[0]["id"], topic="t", rev=4,
            data={"total": 1, "members": [{"id": "a"}]},
        )
        self.assertEqual(list(self.machine.topics["t"].presence.members), ["a"])
        self.assertEqual(self.machine.topics["t"].presence.revision, 4)

    def test_a_refused_list_is_asked_for_again(self) -> None:
        self.desk.follow()
        self.desk.hear(type="presence", topic="t", rev=9, data={})
        number = self.desk.sent()[0]["id"]
        self.desk.hear(type="error", re=number, data={"code": 111, "retry_after_ms": 300})
        self.assertEqual(self.machine.next_deadline(), self.desk.now + 300)
        self.desk.turn_to_deadline()
        self.assertEqual(self.desk.sent()[0]["type"], "presence")

    def test_a_reader_that_catches_up_recovers(self) -> None:
        self.desk.follow()
        self.event(6)
        self.machine.fell_behind("t")
        self.event(7)
        self.desk.take()
        self.machine.caught_up("t", self.desk.now)
        self.assertIn(do.Close(3000), self.desk.take())
        self.desk.turn_to_deadline()
        self.desk.come_in()
        asked = next(f for f in self.desk.sent() if f["type"] == "subscribe")
        self.assertEqual(asked["data"]["recover"], {"offset": 6, "epoch": "e"})

    def test_news_of_a_line_that_revives(self) -> None:
        self.desk.follow()
        self.desk.now += 17_000
        self.machine.tick(self.desk.now)
        self.assertIn(Stale(), self.desk.told())
        self.machine.heard(self.desk.now)
        self.assertIsInstance(self.desk.told()[0], Live)


class PublishTests(unittest.TestCase):
    def setUp(self) -> None:
        self.desk = Desk(queue=3)
        self.machine = self.desk.machine

    def results(self) -> list[Ack | MusterError]:
        return [e.result for e in self.desk.take() if isinstance(e, do.Published)]

    def test_it_is_sent_again_under_the_same_id_and_acknowledged_once(self) -> None:
        self.desk.come_in()
        self.machine.publish("a", "t", {"x": 1}, self.desk.now)
        self.machine.ended(1006, "", self.desk.now)
        self.desk.turn_to_deadline()
        self.desk.come_in()
        self.assertEqual([f["id"] for f in self.desk.sent() if f["type"] == "publish"], ["a"])
        for _ in range(2):
            self.desk.hear(type="ack", re="a", topic="t", offset=3, epoch="e", ts=9)
        self.assertEqual(self.results(), [Ack("a", 3, "e", 9, True)])

    def test_it_waits_for_a_topic_that_is_followed(self) -> None:
        self.desk.come_in()
        self.machine.subscribe("t", False, None, self.desk.now)
        number = self.desk.sent()[-1]["id"]
        self.machine.publish("a", "t", {}, self.desk.now)
        self.assertEqual(self.desk.sent(), [])
        self.desk.hear(type="subscribed", re=number, topic="t", data={})
        self.assertEqual([f["id"] for f in self.desk.sent()], ["a"])

    def test_too_many_and_too_long_ones_are_refused_at_once(self) -> None:
        for id in "abc":
            self.machine.publish(id, "t", {}, 0)
        with self.assertRaises(MusterError) as full:
            self.machine.publish("d", "t", {}, 0)
        self.assertEqual(full.exception.reason, "queue_full")
        self.machine.withdraw("a")
        with self.assertRaises(MusterError) as long:
            self.machine.publish("e", "t", {"x": "y" * 70_000}, 0)
        self.assertEqual(long.exception.reason, "limit_exceeded")

    def test_an_outcome_is_said_to_be_unknown_only_if_it_is(self) -> None:
        self.machine.publish("a", "t", {}, 0)
        self.desk.come_in()
        self.machine.close(self.desk.now)
        sent = self.results()[0]
        assert isinstance(sent, MusterError)
        self.assertTrue(sent.ambiguous)
        other = Desk()
        other.machine.publish("a", "t", {}, 0)
        other.machine.close(0)
        unsent = next(e.result for e in other.take() if isinstance(e, do.Published))
        assert isinstance(unsent, MusterError)
        self.assertFalse(unsent.ambiguous)

    def test_a_late_repetition_is_an_unknown_outcome(self) -> None:
        self.desk.come_in()
        self.machine.publish("a", "t", {}, self.desk.now)
        self.machine.ended(1006, "", self.desk.now)
        self.desk.now += 300_000
        self.machine.tick(self.desk.now)
        self.machine.token_ready(None, self.desk.now)
        self.machine.opened(self.desk.now)
        number = self.desk.sent()[-1]["id"]
        self.desk.hear(type="welcome", re=number, data=WELCOME)
        result = self.results()[0]
        assert isinstance(result, MusterError)
        self.assertEqual((result.reason, result.ambiguous), ("outcome_unknown", True))

    def test_a_refusal_after_a_lost_connection_leaves_the_first_try_open(self) -> None:
        self.desk.come_in()
        self.machine.publish("a", "t", {}, self.desk.now)
        self.machine.ended(1006, "", self.desk.now)
        self.desk.turn_to_deadline()
        self.desk.come_in()
        self.desk.take()
        self.desk.hear(type="error", re="a", data={"code": 103, "reason": "permission_denied"})
        result = self.results()[0]
        assert isinstance(result, MusterError)
        self.assertTrue(result.ambiguous)

    def test_requests_are_not_repeated(self) -> None:
        self.desk.come_in()
        self.desk.take()
        number = self.machine.ask({"type": "history", "topic": "t", "data": {}}, self.desk.now)
        self.machine.ended(1006, "", self.desk.now)
        answers = [e for e in self.desk.take() if isinstance(e, do.Answered)]
        self.assertEqual([a.number for a in answers], [number])
        with self.assertRaises(MusterError):
            self.machine.ask({"type": "status", "data": {}}, self.desk.now)
