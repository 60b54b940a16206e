"""A receiver of webhooks: checks the signature, takes each delivery once, and prints it.

    python3 examples/webhook.py --port 9000 --secret SECRET

The server is told with `webhooks.url: http://127.0.0.1:9000/` and `webhooks.secret: SECRET`.
"""

import argparse
import hashlib
import hmac
import json
import time
from collections import OrderedDict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock

LONGEST_BODY = 1 << 20
OLDEST_SECONDS = 300
# A delivery can come twice; a day's worth of ids would be kept in a database.
REMEMBERED = 10_000


def is_genuine(secret: bytes, header: str, body: bytes, now: float) -> bool:
    """Whether the header signs the body: `t=SECONDS,v1=HMAC-SHA256 of "t.body"`."""
    parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    moment = parts.get("t", "")
    wanted = hmac.new(secret, moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    is_fresh = moment.isascii() and moment.isdigit() and abs(now - int(moment)) < OLDEST_SECONDS
    return is_fresh and hmac.compare_digest(wanted.encode(), parts.get("v1", "").encode())


class Deliveries:
    """The ids that were taken, the newest last."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._ids: OrderedDict[str, None] = OrderedDict()

    def is_new(self, id: str) -> bool:
        with self._lock:
            if id in self._ids:
                return False
            self._ids[id] = None
            while len(self._ids) > REMEMBERED:
                self._ids.popitem(last=False)
            return True


class Receiver(BaseHTTPRequestHandler):
    secret = b""
    deliveries = Deliveries()
    timeout = 30

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()) or int(length) > LONGEST_BODY:
            return self._answer(413)
        body = self.rfile.read(int(length))
        signature = self.headers.get("Muster-Signature", "")
        if not is_genuine(self.secret, signature, body, time.time()):
            return self._answer(403)
        if self.deliveries.is_new(self.headers.get("Muster-Delivery", "")):
            # One write, as deliveries come on several threads.
            print(json.dumps(json.loads(body)) + "\n", end="", flush=True)
        self._answer(204)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """The events are the log."""


def main() -> None:
    parser = argparse.ArgumentParser(description="Receive webhooks.")
    parser.add_argument("--port", type=int, default=9000)
    parser.add_argument("--secret", required=True)
    options = parser.parse_args()
    Receiver.secret = options.secret.encode()
    server = ThreadingHTTPServer(("127.0.0.1", options.port), Receiver)
    print(f"listening on {server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
