"""muster.js as it stands in the tree, in a real browser, against the real server."""

from __future__ import annotations

import functools
import http.server
import json
import threading
import unittest

from chromium import Page
from world import ROOM, ROOT, Server

MODULE = ROOT / "Sources/Web/Pages/sdk/muster.js"
PAGE = """<!doctype html><pre id="seen"></pre><script type="module">
import {{ Muster }} from "/muster.js";
const seen = (text) => {{ document.getElementById("seen").textContent += text + "\\n"; }};
window.onerror = (text) => seen("failed " + text);
const hub = new Muster({{ url: {url}, token: () => {token} }});
const topic = {topic};
{body}
</script>"""


class Pages(http.server.BaseHTTPRequestHandler):
    """One page and the module."""

    page = ""

    def do_GET(self) -> None:
        is_module = self.path == "/muster.js"
        body = MODULE.read_bytes() if is_module else self.page.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if is_module else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """The test reads the page itself."""


class ModuleTests(unittest.IsolatedAsyncioTestCase):
    server = Server()

    @classmethod
    def setUpClass(cls) -> None:
        cls.server.start()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.server.remove()

    def serve(self, body: str) -> str:
        """The address of a page that runs a script with a client of tao's."""
        values = {
            "url": self.server.url, "token": self.server.login("tao", "tao123456"), "topic": ROOM,
        }
        filled = PAGE.format(body=body, **{name: json.dumps(v) for name, v in values.items()})
        pages = type("Served", (Pages,), {"page": filled})
        host = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(pages))
        threading.Thread(target=host.serve_forever).start()
        self.addCleanup(host.server_close)
        self.addCleanup(host.shutdown)
        return f"http://localhost:{host.server_port}/"

    async def test_leaving_and_coming_back_at_once_stays(self) -> None:
        address = self.serve("""
            const room = hub.subscribe(topic, { onLive: () => {
              room.close();
              hub.subscribe(topic, {
                onLive: () => setTimeout(() => hub.publish(topic, { msg: "still here" }), 300),
                onEvent: ({ msg }) => seen("heard " + msg),
                onError: ({ reason }) => seen("error " + reason),
              });
            } });
        """)
        async with Page(address) as page:
            shown = await page.until("heard still here")
            self.assertNotIn("error", shown)
