"""When a lost client comes back."""

import unittest

from muster_client.backoff import ABNORMAL, Backoff, Loss


def loss(code: int = ABNORMAL, was_live: bool = True, ours_alone: bool = False) -> Loss:
    return Loss(code, was_live, ours_alone)


class BackoffTests(unittest.TestCase):
    def test_the_span_doubles_up_to_twenty_seconds(self) -> None:
        backoff = Backoff(lambda: 1.0)
        waits = [backoff.lost(loss(was_live=False), None) for _ in range(9)]
        self.assertEqual(waits, [500, 1000, 2000, 4000, 8000, 16000, 20000, 20000, 20000])

    def test_jitter_takes_any_part_of_the_span(self) -> None:
        self.assertEqual(Backoff(lambda: 0.0).lost(loss(was_live=False), None), 0)
        self.assertEqual(Backoff(lambda: 0.5).lost(loss(was_live=False), None), 250)

    def test_a_crash_and_a_shutdown_spread_over_the_announced_window(self) -> None:
        for code in (ABNORMAL, 4200, 4201):
            self.assertEqual(Backoff(lambda: 0.5).lost(loss(code), 8000), 4000, code)

    def test_who_comes_too_early_waits_for_what_is_left_of_the_window(self) -> None:
        backoff = Backoff(lambda: 0.25)
        self.assertEqual(backoff.lost(loss(), 8000), 2000)
        self.assertEqual(backoff.lost(loss(was_live=False), 8000), 1500)
        self.assertEqual(backoff.lost(loss(was_live=False), 8000), 1125)

    def test_the_window_counts_once_and_not_after_refusals_or_silence(self) -> None:
        for end in (loss(4101), loss(ours_alone=True), loss(was_live=False)):
            self.assertEqual(Backoff(lambda: 1.0).lost(end, 8000), 500, end)

    def test_a_reset_begins_anew(self) -> None:
        backoff = Backoff(lambda: 1.0)
        for _ in range(5):
            backoff.lost(loss(was_live=False), None)
        backoff.reset()
        self.assertEqual(backoff.lost(loss(was_live=False), None), 500)

    def test_codes_that_end_it(self) -> None:
        for code in (1000, 1002, 1003, 1007, 1009, 4000, 4001, 4003, 4004, 4007, 4008):
            self.assertIsNone(Backoff(lambda: 1.0).lost(loss(code), None), code)

    def test_codes_that_do_not(self) -> None:
        for code in (1001, 1005, 1006, 1008, 1011, 1012, 3000, 4100, 4103, 4107, 4200):
            self.assertIsNotNone(Backoff(lambda: 1.0).lost(loss(code), None), code)

    def test_retry_after_is_the_least(self) -> None:
        end = Loss(ABNORMAL, False, True, at_least_ms=7000)
        self.assertEqual(Backoff(lambda: 1.0).lost(end, None), 7000)
