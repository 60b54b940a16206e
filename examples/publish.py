"""A backend pushes an event: a key, one POST, and the same id for every try.

    export MUSTER_KEY=$(muster token key add backend --scope publish | tail -n 1)
    python3 examples/publish.py chat.room.TEST chat.msg '{"msg":"The printer is free"}'
"""

import argparse
import http.client
import json
import os
import ssl
import sys
import time
import urllib.error
import urllib.request
import uuid
from typing import Any

# Refusals that may be over soon; the others stay as they are.
TEMPORARY = {429, 500, 502, 503, 504}
TRIES = 5


class Publisher:
    """Calls one server with one key."""

    def __init__(self, server: str, key: str, cafile: str | None = None) -> None:
        self.url = f"https://{server}/api/v1/publish"
        self.key = key
        self.trust = ssl.create_default_context(cafile=cafile)

    def publish(self, topic: str, event: str, data: dict[str, Any], id: str) -> dict[str, Any]:
        """Tries again for a while; the id makes sure that the event is published once."""
        for attempt in range(TRIES):
            try:
                return self._call({"topic": topic, "event": event, "data": data, "id": id})
            except urllib.error.HTTPError as error:
                if error.code not in TEMPORARY or attempt == TRIES - 1:
                    raise
                wait = error.headers.get("Retry-After", "")
                time.sleep(min(float(wait), 30.0) if wait.isdigit() else 2.0**attempt / 2)
            except (OSError, http.client.HTTPException):
                # The answer was lost; whether the event was published is not known.
                if attempt == TRIES - 1:
                    raise
                time.sleep(2.0**attempt / 2)
        raise AssertionError("every way out is above")

    def _call(self, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.url, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=30, context=self.trust) as answer:
            place: dict[str, Any] = json.load(answer)
            return place


def main() -> int:
    parser = argparse.ArgumentParser(description="Publish one event.")
    parser.add_argument("topic")
    parser.add_argument("event")
    parser.add_argument("data", type=json.loads)
    parser.add_argument("--id", default=str(uuid.uuid4()))
    parser.add_argument("--server", default="localhost:8443")
    parser.add_argument("--cafile", help="a certificate of the server's own making")
    options = parser.parse_args()
    publisher = Publisher(options.server, os.environ["MUSTER_KEY"], options.cafile)
    try:
        print(json.dumps(publisher.publish(options.topic, options.event, options.data, options.id)))
    except urllib.error.HTTPError as error:
        print(f"{error.code}: {error.read().decode()}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
