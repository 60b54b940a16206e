"""Runs each example against the real server and sees it work."""

from __future__ import annotations

import asyncio
import functools
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import threading
import time
import unittest
import urllib.error
import urllib.request

from chromium import Page
from muster_client import Live
from world import PATIENCE, ROOM, Reader, Server, client, free_port

HERE = pathlib.Path(__file__).resolve().parents[1]
SECRET = "a secret of the tests"
hook_port = free_port()
server = Server(f"webhooks.url=http://127.0.0.1:{hook_port}/", f"webhooks.secret={SECRET}")
key = ""


def setUpModule() -> None:
    global key
    server.start()
    key = server.key("publish")


def tearDownModule() -> None:
    server.remove()


class Program:
    """An example under way; its lines are read as they come."""

    def __init__(self, name: str, *arguments: str) -> None:
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / name), *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(line for line in self.process.stdout)

    def wait_for(self, words: str) -> str:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for line in self.lines:
                if words in line:
                    return line
            time.sleep(0.05)
        raise TimeoutError(f"no {words!r} in {self.lines}")

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()


class ExampleTests(unittest.IsolatedAsyncioTestCase):
    place = f"localhost:{server.port}"
    certificate = f"{server.folder}/data/tls/localhost.crt"

    def start(self, name: str, *arguments: str) -> Program:
        program = Program(name, *arguments)
        self.addCleanup(program.end)
        return program

    async def test_the_dashboard_shows_who_comes_and_goes(self) -> None:
        self.assertLessEqual(len((HERE / "dashboard.html").read_text().splitlines()), 30)
        pages = functools.partial(QuietPages, directory=str(HERE))
        host = http.server.ThreadingHTTPServer(("127.0.0.1", 0), pages)
        threading.Thread(target=host.serve_forever).start()
        self.addCleanup(host.server_close)
        self.addCleanup(host.shutdown)
        address = f"http://localhost:{host.server_port}/dashboard.html?server={self.place}"
        async with Page(address) as page:
            await page.until("In the lab: 1", "lin")
            await asyncio.to_thread(server.post, "/login?studentid=2100301419", {})
            await page.until("In the lab: 2", "tao came in")
            await asyncio.to_thread(server.post, "/logout?studentid=2100301419", {})
            await page.until("In the lab: 1", "tao left")

    async def test_the_bot_greets_and_answers(self) -> None:
        await self.try_bot(HERE / "bot.py", "--server", self.place, "--cafile", self.certificate)

    async def test_the_bot_of_the_readme_runs_as_it_stands(self) -> None:
        readme = (HERE.parent / "clients/python/README.md").read_text()
        blocks = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
        self.assertEqual(len(blocks), 1)
        file = pathlib.Path(server.folder) / "readme.py"
        text = blocks[0].replace("localhost:8443", self.place)
        file.write_text(text.replace("data/tls/localhost.crt", self.certificate))
        await self.try_bot(file)

    async def try_bot(self, file: pathlib.Path, *arguments: str) -> None:
        bot = self.start(str(file), *arguments)
        await asyncio.to_thread(bot.wait_for, "live")
        token = await asyncio.to_thread(server.login, "lin", "lin123456")
        async with client(server.url, token) as lin:
            room = Reader(lin.subscribe(ROOM, presence=True))
            await room.until(lambda: "Hello lin" in room.messages())
            await lin.publish(ROOM, {"msg": "!ping"})
            await room.until(lambda: "pong" in room.messages())

    async def test_a_backend_publishes_once(self) -> None:
        token = await asyncio.to_thread(server.login, "lin", "lin123456")
        async with client(server.url, token) as lin:
            room = Reader(lin.subscribe(ROOM))
            await room.until(lambda: bool(room.of(Live)))
            data = '{"msg":"The printer is free"}'
            for _ in range(2):
                await self.run_backend(sys.executable, "publish.py", ROOM, "chat.msg", data,
                                       "--id", "once", "--server", self.place,
                                       "--cafile", self.certificate)
                await self.run_backend("sh", "publish.sh", ROOM, "chat.msg", data,
                                       "--cacert", self.certificate)
            await lin.publish(ROOM, {"msg": "end"})
            await room.until(lambda: "end" in room.messages())
            self.assertEqual(room.messages(), ["The printer is free"] * 2 + ["end"])

    async def run_backend(self, program: str, name: str, *arguments: str) -> None:
        environment = os.environ | {
            "MUSTER_KEY": key, "MUSTER_ID": "once by curl", "MUSTER_SERVER": self.place,
        }
        done = await asyncio.to_thread(
            subprocess.run, [program, str(HERE / name), *arguments], env=environment,
            capture_output=True, text=True, timeout=PATIENCE,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("offset", json.loads(done.stdout))

    async def test_a_refusal_is_told(self) -> None:
        environment = os.environ | {"MUSTER_KEY": "mk_wrong"}
        command = [sys.executable, str(HERE / "publish.py"), ROOM, "chat.msg", "{}"]
        done = await asyncio.to_thread(
            subprocess.run, [*command, "--server", self.place, "--cafile", self.certificate],
            env=environment, capture_output=True, text=True, timeout=PATIENCE,
        )
        self.assertEqual(done.returncode, 1)
        self.assertIn("401", done.stderr)

    async def test_webhooks_are_received_once_and_only_genuine_ones(self) -> None:
        hook = self.start("webhook.py", "--port", str(hook_port), "--secret", SECRET)
        await asyncio.to_thread(hook.wait_for, "listening")
        token = await asyncio.to_thread(server.login, "tao", "tao123456")
        async with client(server.url, token) as tao:
            tao.subscribe(ROOM, presence=True)
            line = await asyncio.to_thread(hook.wait_for, '"name": "tao"')
            self.assertEqual(json.loads(line)["event"], "user.online")
        body = b'{"event":"made.up"}'
        tries = (("wrong", 0, 403), (SECRET, 600, 403), (SECRET, 0, 204), (SECRET, 0, 204))
        for secret, age, status in tries:
            self.assertEqual(await asyncio.to_thread(self.deliver, body, secret, age), status)
        await asyncio.to_thread(hook.wait_for, "made.up")
        self.assertEqual(sum("made.up" in line for line in hook.lines), 1)

    def deliver(self, body: bytes, secret: str, age: int) -> int:
        moment = str(int(time.time()) - age)
        digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256)
        headers = {
            "Muster-Signature": f"t={moment},v1={digest.hexdigest()}", "Muster-Delivery": "made up",
        }
        request = urllib.request.Request(f"http://127.0.0.1:{hook_port}/", body, headers)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=PATIENCE) as answer:
                status: int = answer.status
                return status
        except urllib.error.HTTPError as error:
            error.close()
            return error.code


class QuietPages(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """The test reads the page itself."""
