"""A server that does what ours would not, and answers before the upgrade."""

from __future__ import annotations

import asyncio
import json
import unittest
from collections.abc import AsyncIterator, Awaitable, Callable
from http import HTTPStatus

from muster_client import ConnectionInfo, Event, Muster
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response
from world import Reader, eventually

Talk = Callable[[ServerConnection], Awaitable[None]]


async def greet(socket: ServerConnection, timeout_ms: int = 60_000) -> None:
    """Answers `hello` and the first `subscribe`, as the document has it."""
    hello = json.loads(await socket.recv())
    welcome = {"session": "s_1", "ping_ms": 1000, "timeout_ms": timeout_ms}
    await socket.send(json.dumps({"type": "welcome", "re": hello["id"], "data": welcome}))
    asked = json.loads(await socket.recv())
    answer = {"type": "subscribed", "re": asked["id"], "topic": "t", "offset": 0, "epoch": "e"}
    await socket.send(json.dumps(answer | {"data": {}}))


def event(number: int) -> str:
    frame = {"type": "event", "topic": "t", "offset": number, "data": {"event": "x"}}
    return json.dumps(frame)


class LineTests(unittest.IsolatedAsyncioTestCase):
    async def serve(self, talk: Talk) -> tuple[Server, str]:
        server = await serve(talk, "127.0.0.1", 0, ping_interval=None, close_timeout=1)
        self.addAsyncCleanup(server.wait_closed)
        self.addCleanup(server.close)
        return server, f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/ws"

    def client(self, url: str, states: list[ConnectionInfo]) -> Muster:
        hub = Muster(url, on_state=states.append)
        hub._machine._backoff._random = lambda: 0.02
        return hub

    async def test_messages_that_are_no_frames_are_ignored(self) -> None:
        async def talk(socket: ServerConnection) -> None:
            await greet(socket)
            for message in (b"binary", "no json", "[1]", "5", "[" * 100_000, '{"type":{}}', "{}"):
                await socket.send(message)
            await socket.send(event(1))
            await socket.wait_closed()

        _, url = await self.serve(talk)
        states: list[ConnectionInfo] = []
        async with self.client(url, states) as hub:
            room = Reader(hub.subscribe("t"))
            await room.until(lambda: bool(room.of(Event)))
        self.assertEqual([info.state for info in states], ["connecting", "live", "stopped"])

    async def test_its_own_complaint_given_back_does_not_stop_it(self) -> None:
        times = 0

        async def talk(socket: ServerConnection) -> None:
            nonlocal times
            times += 1
            await greet(socket)
            if times == 1:
                await socket.send(b"\xff\xfe", text=True)
            else:
                await socket.send(event(1))
            await socket.wait_closed()

        _, url = await self.serve(talk)
        async with self.client(url, []) as hub:
            room = Reader(hub.subscribe("t"))
            await room.until(lambda: bool(room.of(Event)))
        self.assertEqual(times, 2)

    async def test_half_a_message_is_a_sign_of_life(self) -> None:
        async def talk(socket: ServerConnection) -> None:
            await greet(socket, timeout_ms=3000)

            async def pieces() -> AsyncIterator[str]:
                yield '{"type":"event","topic":"t","offset":1,"data":{"event":"'
                for _ in range(45):
                    await asyncio.sleep(0.1)
                    yield "x"
                yield '"}}'

            await socket.send(pieces())
            await socket.wait_closed()

        _, url = await self.serve(talk)
        states: list[ConnectionInfo] = []
        async with self.client(url, states) as hub:
            room = Reader(hub.subscribe("t"))
            await room.until(lambda: bool(room.of(Event)))
        self.assertEqual([info.state for info in states], ["connecting", "live", "stopped"])

    async def test_a_refusal_says_when_to_come_back(self) -> None:
        async def talk(socket: ServerConnection) -> None:
            await greet(socket)

        def refuse(socket: ServerConnection, request: Request) -> Response:
            response = socket.respond(HTTPStatus.SERVICE_UNAVAILABLE, "")
            response.headers["Retry-After"] = "7"
            return response

        async with serve(talk, "127.0.0.1", 0, process_request=refuse) as server:
            url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/ws"
            states: list[ConnectionInfo] = []
            async with self.client(url, states):
                await eventually(lambda: states[-1].state == "waiting")
            self.assertEqual(states[1].retry_in, 7.0)
            error = states[1].error
            assert error is not None
            self.assertEqual(error.reason, "HTTP 503")

    async def test_a_token_that_is_refused_before_the_upgrade_is_replaced(self) -> None:
        asked: list[bool] = []

        def refuse(socket: ServerConnection, request: Request) -> Response:
            return socket.respond(HTTPStatus.UNAUTHORIZED, "")

        async with serve(greet, "127.0.0.1", 0, process_request=refuse) as server:
            url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/ws"

            def token(expired: bool) -> str:
                asked.append(expired)
                return "token"

            hub = Muster(url, token=token)
            hub._machine._backoff._random = lambda: 0.02
            async with hub:
                await eventually(lambda: len(asked) >= 2)
        self.assertEqual(asked[:2], [False, True])
