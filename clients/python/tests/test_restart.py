"""The real server, killed and started again under its clients."""

from __future__ import annotations

import asyncio
import signal
import unittest

from muster_client import Ack, Live, PresenceChanged, Reset
from world import ROOM, Reader, Server, client, eventually, within


class RestartTests(unittest.IsolatedAsyncioTestCase):
    def setUp(self) -> None:
        self.server = Server()
        self.addCleanup(self.server.remove)
        self.server.start()
        self.tao = self.server.login("tao", "tao123456")
        self.lin = self.server.login("lin", "lin123456")

    async def test_messages_and_members_survive_kill_and_restart(self) -> None:
        acks: list[Ack] = []
        async with client(self.server.url, self.tao) as tao, client(self.server.url, self.lin) as lin:
            speaker = Reader(tao.subscribe(ROOM, presence=True))
            watcher = Reader(lin.subscribe(ROOM, presence=True))
            for reader in (speaker, watcher):
                await reader.until(lambda: bool(reader.of(Live)))
            ids = {tao.user["id"], lin.user["id"]}
            await eventually(lambda: set(watcher.subscription.presence.members) == ids)

            async def speak() -> None:
                for number in range(60):
                    acks.append(await tao.publish(ROOM, {"msg": f"m{number}"}, timeout=None))
                    await asyncio.sleep(0.04)

            work = asyncio.create_task(speak())
            for how, so_far in ((signal.SIGKILL, 10), (signal.SIGKILL, 25), (signal.SIGTERM, 40)):
                await eventually(lambda: len(acks) >= so_far)
                await asyncio.to_thread(self.server.kill, how)
                await eventually(lambda: not tao.is_live and not lin.is_live)
                await asyncio.to_thread(self.server.start)
            await within(work)
            wanted = [f"m{number}" for number in range(60)]
            for reader in (speaker, watcher):
                await reader.until(lambda: "m59" in reader.messages())
                self.assertEqual(reader.messages(), wanted)
                self.assertEqual(reader.of(Reset), [])
                self.assertGreaterEqual(len(reader.of(Live)), 4)
            self.assertEqual(len({ack.offset for ack in acks}), 60)
            await self.members_are(watcher, ids)
            left = [gone for item in watcher.of(PresenceChanged) for gone in item.left]
            self.assertEqual(left, [])

    async def members_are(self, watcher: Reader, ids: set[str]) -> None:
        """The list of the client is the one that the server gives when asked, and all are there."""
        await eventually(
            lambda: all(m.online for m in watcher.subscription.presence.members.values())
        )
        answer = await watcher.subscription._hub.request("presence", {}, topic=ROOM)
        self.assertEqual({member["id"] for member in answer["data"]["members"]}, ids)
        self.assertEqual(set(watcher.subscription.presence.members), ids)
        self.assertEqual(watcher.subscription.presence.total, 2)

