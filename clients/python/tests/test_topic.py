"""Positions, gaps and members of one topic."""

import unittest
from typing import Any

from muster_client.news import Event, Live, News, Position, PresenceChanged, Reset, Snapshot
from muster_client.topic import EARLY_EVENTS, Flooded, Phase, TopicState
from muster_client.wire import Frame


def event(offset: int | None, **data: Any) -> Frame:
    return {"type": "event", "offset": offset, "ts": 7, "data": data}


def subscribed(offset: int | None = 0, epoch: str = "e", **data: Any) -> Frame:
    return {"type": "subscribed", "offset": offset, "epoch": epoch, "data": data}


def members(*ids: str) -> list[Frame]:
    return [{"id": id, "name": id.upper(), "state": "online"} for id in ids]


def live(position: Position | None = None, **data: Any) -> TopicState:
    topic = TopicState(True, position)
    topic.phase = Phase.ASKING
    topic.started(subscribed(10, **data))
    return topic


def offsets(news: list[News]) -> list[int | None]:
    return [item.offset for item in news if isinstance(item, Event)]


class PositionTests(unittest.TestCase):
    def test_a_newcomer_gets_snapshot_events_and_live(self) -> None:
        topic = TopicState(False, None)
        topic.phase = Phase.ASKING
        news, _ = topic.started(subscribed(4, snapshot={"a": 1}, events=[event(4)]))
        self.assertEqual([type(item) for item in news], [Snapshot, Event, Live])
        self.assertEqual(news[-1], Live(False, Position(4, "e")))

    def test_known_events_are_not_told_again(self) -> None:
        topic = live()
        self.assertEqual(offsets(topic.event(event(11))), [11])
        self.assertEqual(topic.event(event(11)), [])
        self.assertEqual(topic.event(event(3)), [])
        self.assertEqual(offsets(topic.event(event(12))), [12])

    def test_an_event_without_offset_is_always_told(self) -> None:
        topic = live()
        self.assertEqual(len(topic.event(event(None)) + topic.event(event(None))), 2)
        self.assertEqual(topic.offset, 10)

    def test_early_events_wait_and_old_ones_are_dropped(self) -> None:
        topic = TopicState(False, None)
        topic.phase = Phase.ASKING
        for number in (9, 10, 11):
            self.assertEqual(topic.event(event(number)), [])
        news, _ = topic.started(subscribed(10))
        self.assertEqual(offsets(news), [11])

    def test_early_events_are_bounded(self) -> None:
        topic = TopicState(False, None)
        topic.phase = Phase.ASKING
        for number in range(EARLY_EVENTS):
            topic.event(event(number))
        with self.assertRaises(Flooded):
            topic.event(event(0))

    def test_it_asks_from_its_position(self) -> None:
        topic = live()
        topic.event(event(11))
        topic.disconnect()
        self.assertEqual(topic.wish()["recover"], {"offset": 11, "epoch": "e"})

    def test_recovery_goes_on_without_gap_or_overlap(self) -> None:
        topic = live(Position(10, "e"))
        topic.disconnect()
        topic.phase = Phase.ASKING
        topic.event(event(13))
        news, _ = topic.started(subscribed(12, recovered=True, events=[event(11), event(12)]))
        self.assertEqual(offsets(news), [11, 12, 13])
        self.assertFalse([item for item in news if isinstance(item, Reset)])

    def test_a_failed_recovery_is_told_before_the_new_state(self) -> None:
        topic = live()
        topic.disconnect()
        topic.phase = Phase.ASKING
        answer = subscribed(
            2, "f", recovered=False, reason="epoch_changed", snapshot=5, events=[event(2)]
        )
        news, _ = topic.started(answer)
        self.assertEqual(news[:2], [Reset("epoch_changed"), Snapshot(5)])
        self.assertEqual(offsets(news), [2])
        self.assertEqual(topic.position, Position(2, "f"))

    def test_another_epoch_without_a_word_is_a_loss(self) -> None:
        topic = TopicState(False, None)
        topic.phase = Phase.ASKING
        topic.started(subscribed(None, "e"))
        topic.disconnect()
        news, _ = topic.started(subscribed(None, "f"))
        self.assertIsInstance(news[0], Reset)

    def test_a_position_that_cannot_be_had_is_told_as_lost(self) -> None:
        topic = live()
        topic.forget_position("unrecoverable_position")
        news, _ = topic.started(subscribed(20))
        self.assertEqual(news[0], Reset("unrecoverable_position"))

    def test_the_same_epoch_once_more_doubles_nothing(self) -> None:
        topic = live()
        topic.event(event(11))
        news, _ = topic.started(subscribed(12, events=[event(11), event(12)]))
        self.assertEqual(offsets(news), [12])

    def test_a_slow_reader_keeps_its_position(self) -> None:
        topic = live()
        topic.event(event(11))
        topic.is_behind = True
        self.assertEqual(topic.event(event(12)), [])
        self.assertNotIn("recover", topic.wish())
        self.assertEqual(topic.started(subscribed(12, "f")), ([], None))
        topic.is_behind = False
        self.assertEqual(topic.wish()["recover"], {"offset": 11, "epoch": "e"})

    def test_a_slow_reader_hears_of_events_that_no_history_has(self) -> None:
        topic = live()
        topic.is_behind = True
        topic.event(event(None))
        topic.is_behind = False
        news, _ = topic.started(subscribed(10, recovered=True))
        self.assertEqual(news[0], Reset("overflow"))


class MemberTests(unittest.TestCase):
    def list_of(self, topic: TopicState) -> str:
        return "".join(sorted(topic.presence.members))

    def test_changes_follow_the_list(self) -> None:
        topic = self.with_list()
        topic.changed({"join": members("c"), "leave": [{"id": "a"}], "total": 2}, 6)
        self.assertEqual(self.list_of(topic), "bc")
        topic.changed({"update": [{"id": "b", "state": "unstable", "until": 9}]}, 7)
        self.assertEqual(topic.presence.members["b"].until, 9)
        topic.changed({"update": [{"id": "b", "state": "online"}]}, 8)
        self.assertEqual(topic.presence.members["b"].until, None)
        self.assertTrue(topic.presence.members["b"].online)

    def with_list(self) -> TopicState:
        topic = live()
        topic.started(subscribed(10, presence={"rev": 5, "total": 2, "members": members(*"ab")}))
        return topic

    def test_a_known_change_does_nothing(self) -> None:
        topic = self.with_list()
        self.assertEqual(topic.changed({"leave": [{"id": "a"}]}, 5), [])
        self.assertEqual(self.list_of(topic), "ab")

    def test_after_a_gap_the_list_is_asked_for_and_changes_wait(self) -> None:
        topic = self.with_list()
        self.assertEqual(topic.changed({"join": members("z")}, 7), [])
        self.assertEqual(topic.list_at, 0)
        topic.expect_list()
        self.assertEqual(topic.changed({"leave": [{"id": "b"}]}, 8), [])
        news, _ = topic.whole({"total": 3, "members": members(*"abz")}, 7)
        self.assertEqual(len(news), 1)
        self.assertEqual((self.list_of(topic), topic.presence.revision), ("az", 8))

    def test_a_join_between_two_pages_is_not_lost(self) -> None:
        topic = self.with_list()
        topic.expect_list()
        self.assertEqual(topic.whole({"total": 3, "members": members("a"), "next": 1}, 6), ([], 1))
        topic.changed({"join": members("0")}, 7)
        news, _ = topic.whole({"total": 4, "members": members("z")}, 7)
        self.assertEqual(self.list_of(topic), "0az")
        self.assertIsInstance(news[0], PresenceChanged)

    def test_counts_replace_the_list_and_a_list_is_asked_for_later(self) -> None:
        topic = self.with_list()
        topic.changed({"total": 1500, "counts_only": True}, 9)
        self.assertTrue(topic.presence.counts_only)
        self.assertEqual((topic.presence.total, self.list_of(topic)), (1500, ""))
        topic.changed({"join": members("c")}, 10)
        self.assertEqual(topic.list_at, 0)

    def test_nonsense_from_the_network_is_survived(self) -> None:
        topic = self.with_list()
        topic.changed({"join": [{}, 5, {"id": 7}], "update": "x", "leave": [None]}, 6)
        topic.event({"offset": "x", "data": 5})
        topic.started({"data": {"presence": {"members": 5}, "events": {}}})
