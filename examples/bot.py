"""A bot in a chat room: greets those who come in and answers !ping and !who.

    pip install ./clients/python
    python3 examples/bot.py --server localhost:8443 --login tao --password tao123456
"""

import argparse
import asyncio
import json
import ssl
import urllib.request

from muster_client import (
    Event, Live, Muster, MusterError, PresenceChanged, Refused, Reset, Subscription,
)


class Bot:
    """Logs in whenever a token is needed, and stays in one room."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.trust = ssl.create_default_context(cafile=options.cafile)
        self.token = ""

    def log_in(self) -> str:
        options = self.options
        request = urllib.request.Request(
            f"https://{options.server}/api/v1/login",
            data=json.dumps({"login": options.login, "password": options.password}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, context=self.trust, timeout=30) as answer:
            token: str = json.load(answer)["token"]
            return token

    async def current_token(self, expired: bool) -> str:
        if expired or not self.token:
            self.token = await asyncio.to_thread(self.log_in)
        return self.token

    async def run(self) -> None:
        url = f"wss://{self.options.server}/ws"
        async with Muster(url, token=self.current_token, ssl=self.trust, client="bot/1.0") as hub:
            room = hub.subscribe(self.options.topic, presence=True)
            was_here = False
            async for item in room:
                if isinstance(item, Live):
                    print("live", flush=True)
                elif isinstance(item, PresenceChanged):
                    for member in item.joined if was_here else ():
                        await self.say(room, f"Hello {member.name}")
                    was_here = True
                elif isinstance(item, Event) and item.data.get("from") != hub.user["id"]:
                    await self.answer(room, str(item.data.get("msg")))
                elif isinstance(item, Reset):
                    print("missed for good:", item.reason, flush=True)
                elif isinstance(item, Refused):
                    print("refused:", item.error, flush=True)

    async def answer(self, room: Subscription, text: str) -> None:
        if text == "!ping":
            await self.say(room, "pong")
        elif text == "!who":
            names = sorted(member.name for member in room.presence.members.values())
            await self.say(room, ", ".join(names))

    async def say(self, room: Subscription, text: str) -> None:
        try:
            await room.publish({"msg": text})
        except MusterError as error:
            print("perhaps not said:" if error.ambiguous else "not said:", error, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--server", default="localhost:8443")
    parser.add_argument("--login", default="tao")
    parser.add_argument("--password", default="tao123456")
    parser.add_argument("--topic", default="chat.room.TEST")
    parser.add_argument("--cafile", help="a certificate of the server's own making")
    asyncio.run(Bot(parser.parse_args()).run())


if __name__ == "__main__":
    main()
