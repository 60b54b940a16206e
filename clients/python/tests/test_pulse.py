"""When the client pings and when it gives up."""

import unittest

from muster_client.pulse import Beat, Pulse


def run(pulse: Pulse, until: int) -> list[tuple[int, Beat]]:
    """Turns the clock to each deadline, as the client does."""
    beats: list[tuple[int, Beat]] = []
    while (now := pulse.next_deadline()) <= until:
        beat = pulse.beat(now)
        assert beat is not None, "a deadline with nothing due would make the client spin"
        beats.append((now, beat))
        if beat is Beat.LOST:
            break
    return beats


class PulseTests(unittest.TestCase):
    def test_a_silent_line_is_pinged_called_old_and_given_up(self) -> None:
        beats = run(Pulse(0), 100_000)
        self.assertEqual(beats[0], (10_000, Beat.PING))
        self.assertEqual(beats[1], (15_000, Beat.PING))
        self.assertEqual(beats[2], (16_000, Beat.STALE))
        self.assertEqual(beats[-1], (60_000, Beat.LOST))

    def test_a_line_that_is_heard_is_pinged_after_our_own_silence(self) -> None:
        pulse = Pulse(0)
        pulse.heard(9_000)
        self.assertEqual(run(pulse, 12_000), [(10_000, Beat.PING)])

    def test_sending_puts_the_ping_off(self) -> None:
        pulse = Pulse(0)
        pulse.heard(9_000)
        pulse.sent(9_000)
        self.assertEqual(run(pulse, 18_999), [])

    def test_a_byte_ends_the_doubt(self) -> None:
        pulse = Pulse(0)
        run(pulse, 20_000)
        self.assertTrue(pulse.heard(20_000))
        self.assertFalse(pulse.heard(20_001))
        self.assertGreater(pulse.next_deadline(), 20_001)

    def test_the_times_of_welcome_count(self) -> None:
        pulse = Pulse(0)
        pulse.ping_ms, pulse.timeout_ms = 1000, 3000
        beats = run(pulse, 10_000)
        self.assertEqual(beats[0], (1000, Beat.PING))
        self.assertEqual(beats[-1], (3000, Beat.LOST))
