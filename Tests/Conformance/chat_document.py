"""A chat client as the document on chat rooms has it, with a look at all that it says."""
from wire import *


def packet(kind, name, room, text="", avatar=""):
    return {"type": kind, "data": {
        "user": {"user_name": name, "user_avatar": avatar}, "room_name": room, "msg": text}}


def error(text):
    return packet("error", "", "", text)


def res(path, **fields):
    return call(path, **fields)[1].get("res")


def seat(room, user, status):
    return res("/chatroom/room", room_name=room, user_name=user, status=status)


def population(room):
    return {r["name"]: r["population"] for r in call("/chatroom/list")[1]["room_list"]}.get(room)


# Registering and logging in.
new = {"user_tel": 13911112222, "user_name": "neu", "user_password": "abcdef12"}
equal("a registration", call("/auth/register", **new), (200, {"res": "register successfully"}))
equal("a number that is taken", res("/auth/register", **dict(new, user_name="neu2")), "user exist")
equal("a name that is taken", res("/auth/register", **dict(new, user_tel=13911112223)), "user exist")
equal("a registration without a name", call("/auth/register", user_tel=1),
      (200, {"res": "missing parameters", "data": {}}))
status, answer = call("/auth/login", user_tel=13911112222, user_password="abcdef12")
equal("a login", (status, answer["res"]), (200, "login successfully"))
equal("who has logged in", {key: answer["data"][key] for key in list(answer["data"])[:4]},
      {"user_tel": 13911112222, "user_name": "neu", "user_password": "",
       "user_avatar_url": "default"})
equal("a login with a form", call("/auth/login", "POST", {
    "user_tel": 13911112222, "user_password": "abcdef12"})[1]["res"], "login successfully")
for number, password, wanted in [(999, "x", "user not exist"), ("abc", "x", "user not exist"),
                                 (13911112222, "x", "password wrong")]:
    equal(f"login of {number}", call("/auth/login", user_tel=number, user_password=password),
          (200, {"res": wanted, "data": {}}))
equal("a login without a password", call("/auth/login", user_tel=0),
      (200, {"res": "missing parameters", "data": {}}))
equal("the type of an answer", ask("GET", "/chatroom/list")[1]["Content-Type"],
      "application/json; charset=utf-8")

# Rooms and seats.
equal("the rooms that are always there", call("/chatroom/list")[1]["room_list"],
      [{"name": "TEST", "population": 0}, {"name": "YOU", "population": 0}])
equal("a new room", call("/chatroom/create", room_name="r1"),
      (200, {"res": "chatroom create successfully"}))
for name, wanted in [("r1", "chatroom already exist"), ("TEST", "chatroom already exist"),
                     ("", "missing parameters")]:
    equal(f"room {name!r}", res("/chatroom/create", room_name=name), wanted)
equal("creating takes no seat", population("r1"), 0)
for room, user, status, wanted in [
        ("r1", "", 1, "missing parameters"), ("nope", "a", 1, "invalid room"),
        ("nope", "a", 7, "invalid room"), ("r1", "a", 7, "invalid status"),
        ("r1", "a", "x", "invalid status"), ("r1", "a", 0, "user not exist")]:
    equal(f"a seat in {room} for {user!r}, {status}", seat(room, user, status), wanted)
for number in range(10):
    equal("a seat", seat("r1", f"u{number}", 1), "join chatroom")
equal("a seat taken twice", seat("r1", "u0", 1), "join chatroom")
equal("the eleventh seat", seat("r1", "u10", 1), "full room")
equal("population", population("r1"), 10)
late = Socket("/")
late.say(packet("join", "u11", "r1"))
equal("the eleventh on the socket", late.hear(), error("room full"))
for number in range(10):
    equal("a seat given back", seat("r1", f"u{number}", 0), "leave chatroom")
equal("a room without seats", population("r1"), None)
equal("its name after that", seat("r1", "u1", 1), "invalid room")

# The conversation, on both paths.
wrong = [
    ("x", "invalid message"), ("[]", "invalid message"), ({"type": "msg"}, "invalid message"),
    ({"data": {}}, "invalid message"), ({"type": "msg", "data": {}}, "invalid data"),
    ({"type": "msg", "data": 5}, "invalid data"), (packet("zzz", "", "q"), "illegal data"),
    (packet("join", "n", ""), "illegal data"), (packet("zzz", "n", "q"), "illegal type"),
    (packet("user", "n", "q"), "illegal type"), (packet("msg", "n", "q"), "null message"),
    (packet("msg", "n", "q", "m"), "room not exist"), (packet("leave", "n", "q"), "room not exist"),
    (packet("leave", "n", "TEST"), "user not exist"),
    (packet("msg", "n", "TEST", "m"), "user not exist"),
    (packet("msg", "n", "TEST", "x" * 4097), "invalid data")]
for path in ["/", "/ws/chat"]:
    room = "talk" + path.replace("/", "-")
    one, two = Socket(path), Socket(path)
    one.say(packet("join", "test", room))
    equal("the first in a room", one.hear(), packet("user", "test", room, "create"))
    two.say(packet("join", "two", room))
    for client in (two, one):
        equal("the second", client.hear(), packet("user", "two", room, "join"))
    one.say(packet("msg", "test", room, "hello"))
    for client in (one, two):
        equal("a message", client.hear(), packet("msg", "test", room, "hello"))
    two.say(packet("leave", "two", room))
    for client in (two, one):
        equal("a goodbye", client.hear(), packet("user", "two", room, "leave"))
    equal("the seat after it", seat(room, "two", 0), "leave chatroom")
    equal("and again", seat(room, "two", 0), "user not exist")
    two.say(packet("join", "two", room))
    two.hear(), one.hear()
    two.break_off()
    equal("a broken line", one.hear(), packet("user", "two", room, "leave"))
    for frame, text in wrong:
        one.say(frame)
        equal(f"{str(frame)[:60]}", one.hear(), error(text))
    one.say(packet("leave", "test", room))
    equal("the last goodbye", one.hear(), packet("user", "test", room, "leave"))
    equal("the room after it", population(room), None)
    equal("the seat after it", seat(room, "test", 0), "leave chatroom")
    one.close()

# A room that is always there is created once.
for wanted in ["create", "join"]:
    client = Socket("/")
    client.say(packet("join", "p", "YOU"))
    equal("coming into YOU", client.hear(), packet("user", "p", "YOU", wanted))
    client.say(packet("leave", "p", "YOU"))
    client.hear()

# A client of version 2 in the same room.
token = call("/auth/login", user_tel=13911112222, user_password="abcdef12")[1]["data"]["token"]
new = Socket("/ws")
new.say({"type": "hello", "id": 1, "data": {"token": token}})
new.hear()
new.say({"type": "subscribe", "id": 2, "topic": "chat.room.both"})
while new.hear().get("type") != "subscribed":
    pass
old = Socket("/")
old.say(packet("join", "old", "both"))
equal("a room that is there already", old.hear(), packet("user", "old", "both", "join"))
new.say({"type": "publish", "id": "p", "topic": "chat.room.both", "data": {"msg": "hello"}})
equal("what version 2 says", old.hear(), packet("msg", "neu", "both", "hello", "default"))
old.say(packet("msg", "old", "both", "hello, too"))
while True:
    event = new.hear().get("data", {})
    if event.get("event") == "chat.msg" and event["msg"] == "hello, too":
        break
equal("who has said it", event["user"], {"user_name": "old", "user_avatar": ""})
finish()
