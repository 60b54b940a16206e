"""The real server behind a network that breaks."""

from __future__ import annotations

import asyncio
import unittest

from muster_client import Ack, Live, MusterError, Refused, Reset, Snapshot, Stale
from world import PATIENCE, ROOM, Network, Reader, Server, client, eventually, free_port, within

server = Server("heartbeat.ping=2s", "heartbeat.unstable=4s", "heartbeat.timeout=8s")


tokens: dict[str, str] = {}


def setUpModule() -> None:
    server.start()
    for name, password in (("tao", "tao123456"), ("lin", "lin123456")):
        tokens[name] = server.login(name, password)


def tearDownModule() -> None:
    server.remove()


class NetworkTests(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.tao, self.lin = tokens["tao"], tokens["lin"]
        self.network = Network(server.port)
        await self.network.open()

    async def asyncTearDown(self) -> None:
        self.network.flow()
        await self.network.close()

    async def test_nothing_is_lost_or_doubled_over_many_reconnects(self) -> None:
        count, acks = 120, list[Ack]()
        watcher, speaker = client(server.url, self.lin), client(self.network.url, self.tao)
        async with watcher, speaker:
            seen = Reader(watcher.subscribe(ROOM))
            own = Reader(speaker.subscribe(ROOM, presence=True))
            await own.until(lambda: bool(own.of(Live)))
            await seen.until(lambda: bool(seen.of(Live)))
            acts = [self.network.cut, self.network.halve]
            for first in range(0, count, 8):
                work = [speaker.publish(ROOM, {"msg": f"m{n}"}) for n in range(first, first + 8)]
                flight = asyncio.gather(*work)
                # From before the first leaves to after the last is there.
                await asyncio.sleep(0.001 * (first // 8))
                acts[first // 8 % 2]()
                acks += await within(flight)
            wanted = [f"m{number}" for number in range(count)]
            for reader in (seen, own):
                await reader.until(lambda: len(reader.messages()) >= count)
                self.assertEqual([m for m in reader.messages() if m[0] == "m"], wanted)
            self.assertEqual(own.of(Reset), [])
            self.assertGreaterEqual(self.network.accepted, count // 16)
            offsets = [ack.offset for ack in acks]
            self.assertEqual(len(set(offsets)), count)
            self.assertEqual(len({ack.epoch for ack in acks}), 1)

    async def test_a_stalled_line_is_noticed_and_replaced(self) -> None:
        states: list[str] = []
        hub = client(self.network.url, self.tao, on_state=lambda info: states.append(info.state))
        async with hub:
            room = Reader(hub.subscribe(ROOM))
            await room.until(lambda: bool(room.of(Live)))
            self.assertEqual(hub.welcome["timeout_ms"], 8000)
            self.network.stall()
            await eventually(lambda: "waiting" in states)
            await room.until(lambda: bool(room.of(Stale)))
            self.network.cut()
            self.network.flow()
            await room.until(lambda: len(room.of(Live)) >= 2)
            self.assertTrue(room.of(Live)[-1].recovered)

    async def test_a_timeout_says_that_the_outcome_is_not_known(self) -> None:
        async with client(server.url, self.lin) as other, client(self.network.url, self.tao) as hub:
            seen = Reader(other.subscribe(ROOM))
            room = Reader(hub.subscribe(ROOM))
            await room.until(lambda: bool(room.of(Live)))
            await seen.until(lambda: bool(seen.of(Live)))
            self.network.stall()
            with self.assertRaises(MusterError) as caught:
                await hub.publish(ROOM, {"msg": "doubtful"}, timeout=0.3)
            error = caught.exception
            self.assertEqual((error.reason, error.ambiguous), ("timeout", True))
            self.network.flow()
            ack = await within(hub.publish(ROOM, {"msg": "doubtful"}, id=error.id, timeout=None))
            self.assertEqual(ack.id, error.id)
            await within(hub.publish(ROOM, {"msg": "after"}))
            await seen.until(lambda: "after" in seen.messages())
            self.assertEqual(seen.messages().count("doubtful"), 1)

    async def test_without_a_connection_nothing_is_in_doubt(self) -> None:
        async with client(f"wss://127.0.0.1:{free_port()}/ws", self.tao) as hub:
            with self.assertRaises(MusterError) as caught:
                await hub.publish(ROOM, {"msg": "never"}, timeout=0.1)
            self.assertFalse(caught.exception.ambiguous)
            with self.assertRaises(MusterError):
                await hub.history(ROOM)

    async def test_a_slow_reader_misses_nothing(self) -> None:
        async with client(server.url, self.lin) as other, client(server.url, self.tao) as hub:
            slow = hub.subscribe(ROOM, queue=10)
            other.subscribe(ROOM)
            await within(hub.publish(ROOM, {"msg": "mark"}))
            for number in range(50):
                await within(other.publish(ROOM, {"msg": f"s{number}"}, timeout=None))
            await eventually(lambda: hub._machine.topics[ROOM].is_behind)
            reader = Reader(slow)
            await reader.until(lambda: "s49" in reader.messages())
            said = [m for m in reader.messages() if m[0] == "s"]
            self.assertEqual(said, [f"s{number}" for number in range(50)])
            self.assertEqual(reader.of(Reset), [])

    async def test_addresses_are_tried_in_turn(self) -> None:
        dead = f"wss://127.0.0.1:{free_port()}/ws"
        async with client([dead, server.url], self.tao) as hub:
            await within(hub.ready())
            self.assertEqual(hub.user["name"], "tao")

    async def test_a_bad_token_is_replaced(self) -> None:
        asked: list[bool] = []

        async def token(expired: bool) -> str:
            asked.append(expired)
            return self.tao if expired else "no-such-token"

        async with client(server.url, token) as hub:
            await within(hub.ready())
        self.assertEqual(asked, [False, True])

    async def test_an_ended_login_stops_the_client(self) -> None:
        token = server.login("tao", "tao123456")
        async with client(server.url, token) as hub:
            room = Reader(hub.subscribe("hub.stats"))
            await room.until(lambda: bool(room.of(Live)))
            server.post("/api/v1/logout", {}, token)
            with self.assertRaises(MusterError) as caught:
                await asyncio.wait_for(room.task, PATIENCE)
            self.assertEqual(caught.exception.code, 4008)
            with self.assertRaises(MusterError):
                await hub.publish(ROOM, {"msg": "late"})

    async def test_a_refused_topic_is_told(self) -> None:
        async with client(server.url) as guest:
            for topic, code in (("nobody.owns.this", 102), (ROOM, 101)):
                room = Reader(guest.subscribe(topic))
                await room.until(lambda: bool(room.of(Refused)))
                self.assertEqual(room.of(Refused)[0].error.code, code)

    async def test_leaving_and_coming_back_at_once_stays(self) -> None:
        async with client(server.url, self.tao) as hub:
            room = hub.subscribe(ROOM)
            await within(room.publish({"msg": "before"}))
            await room.close()
            again = Reader(hub.subscribe(ROOM))
            await again.until(lambda: bool(again.of(Live)))
            await within(hub.publish(ROOM, {"msg": "still here"}))
            await again.until(lambda: "still here" in again.messages())
            self.assertEqual(again.of(Refused), [])

    async def test_a_key_follows_a_topic(self) -> None:
        key = server.key("subscribe:checkin.*")
        async with client(server.url, key) as program:
            topic = Reader(program.subscribe("checkin.presence"))
            await topic.until(lambda: bool(topic.of(Live)))
            self.assertEqual(len(topic.of(Snapshot)), 1)

    async def test_history_and_a_later_run(self) -> None:
        async with client(server.url, self.tao) as hub:
            room = hub.subscribe(ROOM)
            for number in range(3):
                ack = await within(room.publish({"msg": f"h{number}"}))
            assert ack.offset is not None
            page = await within(room.history(before=ack.offset, limit=2))
            self.assertEqual([event.offset for event in page.events], [ack.offset - 2, ack.offset - 1])
            reader = Reader(room)
            await reader.until(lambda: "h1" in reader.messages())
            reader.task.cancel()
            position = room.position
        async with client(server.url, self.tao) as hub:
            again = Reader(hub.subscribe(ROOM, recover=position))
            await again.until(lambda: bool(again.of(Live)))
            self.assertTrue(again.of(Live)[0].recovered)
            self.assertNotIn("h0", again.messages())
