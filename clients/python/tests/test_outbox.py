"""Publishes that wait."""

import unittest

from muster_client.outbox import Entry, Outbox


def outbox(*ids: str) -> Outbox:
    box = Outbox(10)
    for id in ids:
        box.add(Entry(id, "t", "{}"))
    return box


def sent(box: Outbox, now: int, topic: str = "t") -> list[str]:
    return [entry.id for entry in box.flush(topic, now)[0]]


class OutboxTests(unittest.TestCase):
    def test_each_goes_out_once_per_connection_and_in_order(self) -> None:
        box = outbox("a", "b")
        self.assertEqual(sent(box, 0), ["a", "b"])
        self.assertEqual(sent(box, 1), [])
        box.rewind()
        self.assertEqual(sent(box, 2), ["a", "b"])

    def test_an_outcome_is_in_doubt_only_after_sending(self) -> None:
        box = outbox("a")
        self.assertFalse(box.entries["a"].is_ambiguous)
        sent(box, 0)
        self.assertTrue(box.entries["a"].is_ambiguous)
        box.rewind()
        self.assertTrue(box.entries["a"].is_ambiguous)

    def test_a_refusal_leaves_no_doubt(self) -> None:
        box = outbox("a")
        sent(box, 0)
        box.hold("a", 50, 0, 1.0)
        self.assertFalse(box.entries["a"].is_ambiguous)

    def test_what_the_server_has_forgotten_is_not_sent_again(self) -> None:
        box = outbox("a", "b")
        box.entries["b"].on_wire = True
        sent(box, 0)
        box.rewind()
        due, old = box.flush("t", 290_001)
        self.assertEqual(([e.id for e in due], [e.id for e in old]), (["b"], ["a"]))

    def test_all_of_a_topic_wait_when_one_must(self) -> None:
        box = outbox("a", "b")
        box.add(Entry("c", "other", "{}"))
        sent(box, 0)
        box.entries["b"].on_wire = False
        box.hold("a", 400, 0, 1.0)
        self.assertEqual(sent(box, 100), [])
        self.assertEqual(sent(box, 100, "other"), ["c"])
        self.assertEqual(box.release(399), [])
        self.assertEqual(box.release(400), ["t"])
        self.assertEqual(sent(box, 400), ["a", "b"])

    def test_refusals_without_a_time_wait_longer_each_time(self) -> None:
        box = outbox("a")
        waits = []
        for _ in range(8):
            box.hold("a", None, 0, 1.0)
            waits.append(box.next_deadline())
            box.release(1_000_000)
        self.assertEqual(waits, [500, 1000, 2000, 4000, 8000, 16000, 20000, 20000])

    def test_it_is_bounded(self) -> None:
        box = outbox(*"abcdefghi")
        self.assertFalse(box.is_full)
        box.add(Entry("j", "t", "{}"))
        self.assertTrue(box.is_full)
