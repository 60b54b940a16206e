"""Replays the session at the end of docs/protocol.md against the real server.

A line that begins with `→` is sent, one with `←` is expected, one with `·` is an act of somebody
else; indented lines go on with the line above. Answers between two of the client's steps may come
in any order. Values that differ from run to run need the type that the document shows; those that
name something (a session, an epoch) stand for the same real value wherever they occur.
"""

from __future__ import annotations

import asyncio
import json
import pathlib
import re
import signal
import unittest
from dataclasses import dataclass, field
from typing import Any

from muster_client import Muster
from websockets.asyncio.client import ClientConnection, connect
from world import PATIENCE, ROOM, ROOT, Reader, Server, client, eventually, trust

DOCUMENT = ROOT / "docs/protocol.md"
VARYING = {"ts", "at", "since", "until", "conn", "window_ms", "reconnect_window_ms"}
NAMES = {"session", "epoch"}


@dataclass
class Step:
    """One line of the session, and the answers that follow it."""

    sign: str
    text: str
    answers: list[Any] = field(default_factory=list)


def read_session() -> list[Step]:
    text = DOCUMENT.read_text()
    block = re.search(r"## A complete session\n.*?```text\n(.*?)```", text, re.DOTALL)
    assert block, "the document has no session"
    lines: list[str] = []
    for line in block[1].splitlines():
        if line.startswith(" "):
            lines[-1] += line.strip()
        elif line:
            lines.append(line)
    steps: list[Step] = []
    for line in lines:
        sign, rest = line[0], line[1:].strip()
        assert sign in "→←·", line
        if sign == "←":
            steps[-1].answers.append(json.loads(rest))
        else:
            steps.append(Step(sign, rest))
    return steps


class Replay:
    """One run over a server of its own."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.line: ClientConnection | None = None
        self.lin: Muster | None = None
        self.real: dict[str, str] = {}
        self.acts = {
            "tao connects": self.dial,
            "tao connects again": self.dial,
            "lin comes into the room": self.lin_comes,
            "lin's line breaks": self.lin_breaks,
            "lin comes back": self.lin_returns,
            "lin leaves": self.lin_leaves,
            "tao's line breaks, and lin says \"Are you there?\"": self.tao_misses,
            "the server is stopped, closes with 4200, and is started again": self.restart,
            "the server closes with 1000": self.expect_end,
        }

    async def dial(self) -> None:
        self.line = await connect(
            self.server.url, ssl=trust(), subprotocols=["muster.v2"],  # type: ignore[list-item]
            ping_interval=None, proxy=None,
        )

    async def lin_comes(self) -> None:
        self.lin = client(self.server.url, self.lin_token)
        self.lin.start()
        self.room = Reader(self.lin.subscribe(ROOM, presence=True))
        await self.room.until(lambda: bool(self.room.news))

    async def lin_breaks(self) -> None:
        assert self.lin and self.lin._line
        # She stays away until she is told to come back.
        self.lin._machine._backoff._random = lambda: 1e9
        self.lin._line.task.cancel()

    async def lin_returns(self) -> None:
        assert self.lin
        self.lin._machine._backoff._random = lambda: 0.01
        self.lin._machine._until = 0
        self.lin._tick()
        await self.lin.ready()

    async def lin_leaves(self) -> None:
        assert self.lin
        await self.lin.close()

    async def tao_misses(self) -> None:
        assert self.line and self.lin
        self.line.transport.abort()
        await self.line.wait_closed()
        # Changes of presence are gathered: she has to see that he is away before he is back.
        members = self.room.subscription
        await eventually(lambda: not members.presence.members["u2"].online)
        await self.lin.publish(ROOM, {"msg": "Are you there?"}, id="l-1")

    async def restart(self) -> None:
        await asyncio.to_thread(self.server.kill, signal.SIGTERM)
        assert self.line
        await self.line.wait_closed()
        assert self.line.close_code == 4200, self.line.close_code
        await asyncio.to_thread(self.server.start)

    async def expect_end(self) -> None:
        assert self.line
        await asyncio.wait_for(self.line.wait_closed(), PATIENCE)
        assert self.line.close_code == 1000, self.line.close_code

    async def run(self, steps: list[Step]) -> None:
        tokens = ("tao", "tao123456"), ("lin", "lin123456")
        self.token, self.lin_token = [self.server.login(*names) for names in tokens]
        for step in steps:
            if step.sign == "·":
                act = asyncio.create_task(self.acts[step.text]())
                await self.expect_all(step)
                await asyncio.wait_for(act, PATIENCE)
            else:
                assert self.line
                text = step.text.replace("TOKEN", self.token)
                for name, real in self.real.items():
                    text = text.replace(f'"{name}"', f'"{real}"')
                json.loads(text)
                await self.line.send(text)
                await self.expect_all(step)

    async def expect_all(self, step: Step) -> None:
        """Bounds the whole wait: pings go on for ever on a line that says nothing else."""
        try:
            await asyncio.wait_for(self.expect(step), PATIENCE)
        except asyncio.TimeoutError:
            raise AssertionError(f"after {step.text}\nnot all has come of\n{step.answers}") from None

    async def expect(self, step: Step) -> None:
        """Hears the answers of a step, in any order, and nothing else."""
        missing = list(step.answers)
        while missing:
            assert self.line
            frame = json.loads(await self.line.recv())
            if frame["type"] == "ping":
                await self.line.send(json.dumps({"type": "pong", "data": {"t": frame["ts"]}}))
                continue
            found = next((a for a in missing if self.fits(a, frame, dict(self.real))), None)
            assert found, f"after {step.text}\n{frame}\nis none of\n{missing}"
            self.fits(found, frame, self.real)
            missing.remove(found)

    def fits(self, shown: Any, real: Any, names: dict[str, str], key: str = "") -> bool:
        """Whether a value is as the document shows it; notes what its names stand for."""
        if type(shown) is not type(real):
            return False
        if isinstance(shown, dict):
            return shown.keys() == real.keys() and all(
                self.fits(shown[name], real[name], names, name) for name in shown
            )
        if isinstance(shown, list):
            return len(shown) == len(real) and all(
                self.fits(a, b, names) for a, b in zip(shown, real)
            )
        if key in VARYING:
            return True
        if key in NAMES:
            return bool(names.setdefault(shown, real) == real)
        return bool(shown == real)


class SessionTests(unittest.IsolatedAsyncioTestCase):
    async def test_the_session_of_the_document_is_what_happens(self) -> None:
        server = Server()
        self.addCleanup(server.remove)
        server.start()
        replay = Replay(server)
        try:
            await replay.run(read_session())
        finally:
            if replay.lin is not None:
                await replay.lin.close()
            if replay.line is not None:
                await replay.line.close()

    def test_it_has_every_kind_of_frame(self) -> None:
        steps = read_session()
        shown = {json.loads(step.text)["type"] for step in steps if step.sign == "→"}
        shown |= {answer["type"] for step in steps for answer in step.answers}
        self.assertLessEqual(
            {"hello", "welcome", "subscribe", "subscribed", "event", "presence", "publish", "ack",
             "ping", "pong", "history", "error", "unsubscribe", "unsubscribed", "goodbye", "bye"},
            shown,
        )
