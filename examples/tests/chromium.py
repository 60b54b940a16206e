"""A page in a real browser, driven over the DevTools protocol."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
from types import TracebackType
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from world import PATIENCE


class Page:
    """One page of a Chromium of its own; the server's certificate is not looked at."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._folder = tempfile.mkdtemp(prefix="muster-page-")
        self._process: asyncio.subprocess.Process | None = None
        self._line: ClientConnection | None = None
        self._session = ""
        self._number = 0

    async def __aenter__(self) -> Page:
        program = shutil.which("chromium") or shutil.which("google-chrome")
        assert program, "apt-get install chromium"
        self._process = await asyncio.create_subprocess_exec(
            program, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-proxy-server",
            "--ignore-certificate-errors", "--remote-debugging-port=0",
            f"--user-data-dir={self._folder}", "about:blank",
            stderr=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL,
        )
        url = await asyncio.wait_for(self._devtools(self._process), PATIENCE)
        self._line = await connect(url, proxy=None, max_size=None)
        target = await self._call("Target.createTarget", url=self._address)
        attached = await self._call(
            "Target.attachToTarget", targetId=target["targetId"], flatten=True
        )
        self._session = attached["sessionId"]
        return self

    async def _devtools(self, process: asyncio.subprocess.Process) -> str:
        assert process.stderr is not None
        async for line in process.stderr:
            if b"DevTools listening on " in line:
                return line.decode().split(" on ")[1].strip()
        raise RuntimeError("the browser did not start")

    async def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        assert self._line is not None
        self._number += 1
        call = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            call["sessionId"] = self._session
        await self._line.send(json.dumps(call))
        while True:
            answer = json.loads(await asyncio.wait_for(self._line.recv(), PATIENCE))
            if answer.get("id") == self._number:
                result: dict[str, Any] = answer.get("result", {})
                return result

    async def text(self) -> str:
        """What the page shows."""
        answer = await self._call("Runtime.evaluate", expression="document.body?.innerText ?? ''")
        return str(answer.get("result", {}).get("value", ""))

    async def until(self, *words: str) -> str:
        """Returns when the page shows all of the words."""
        end = asyncio.get_running_loop().time() + PATIENCE
        while True:
            shown = await self.text()
            if all(word in shown for word in words):
                return shown
            if asyncio.get_running_loop().time() > end:
                raise TimeoutError(f"the page shows {shown!r}, not {words}")
            await asyncio.sleep(0.1)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._line is not None:
            await self._line.close()
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)
