"""A check-in client as the document on attendance has it, with a look at all that it says."""
import re
from wire import *

user_keys = ["name", "id", "endTime", "startTime", "status", "weekTime", "totalTime", "studentid"]
record_keys = ["id", "userid", "duration", "status", "reporterid", "endTime", "startTime"]
tao, lin = "2100301419", "2100301418"


def envelope(flag, msg, data, code, recordtime=None):
    return {"flag": flag, "msg": msg, "recordtime": recordtime, "data": data, "code": code}


def head(what, answer, flag, msg, code):
    equal(what, (answer["flag"], answer["msg"], answer["code"]), (flag, msg, code))
    equal(f"{what}: the members", list(answer), ["flag", "msg", "recordtime", "data", "code"])


# In and out, at the root and below /checkin.
for base in ["", "/checkin"]:
    status, came = call(base + "/login", studentid=tao)
    equal("the status", status, 200)
    head("coming", came, True, f"{tao}签到成功", 20011)
    equal("a user", list(came["data"]), user_keys)
    equal("its types", [type(came["data"][key]).__name__ for key in user_keys],
          ["str", "int", "str", "str", "int", "float", "float", "str"])
    true("a time", re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", came["data"]["startTime"]))
    again = call(base + "/login", studentid=tao)[1]
    equal("coming twice", again, envelope(False, f"{tao}已签到", came["data"], 20050))
    left = call(base + "/logout", studentid=tao)[1]
    head("leaving", left, True, f"{tao}签退成功", 20021)
    true("how long it was", re.fullmatch(r"\d+\.\d\d", left["recordtime"]))
    equal("leaving twice", call(base + "/logout", studentid=tao)[1],
          envelope(False, f"{tao}未签到", left["data"], 20060))
    for path, code in [("/login", 20070), ("/logout", 20080)]:
        equal(f"{path} of nobody", call(base + path, studentid="221"),
              (200, envelope(False, "学号221不存在", None, code)))

# The lists, on the data of the document.
answer = call("/topthree", grade="21")[1]
head("the first three", answer, True, None, None)
equal("who they are", [user["name"] for user in answer["data"]], ["lin", "chen", "tao"])
for grade in ["99", "21' or '1'='1", "", "abc"]:
    equal(f"grade {grade}", call("/topthree", grade=grade)[1], envelope(True, None, [], None))
equal("who is there", call("/showonline")[1], envelope(True, None, [{
    "name": "lin", "id": 2, "endTime": "2022-08-31 17:58:51", "startTime": "2022-08-31 22:03:40",
    "status": 1, "weekTime": 56.97, "totalTime": 56.97, "studentid": lin}], None))
records = call("/mytimerecored", userid=1)[1]["data"]
equal("the records", [record["id"] for record in records],
      [143, 139, 135, 130, 126, 123, 121, 119, 118, 117, 114, 111, 85, 68, 66, 59, 55, 44, 27])
equal("a record", records[0], {
    "id": 143, "userid": 1, "duration": 123.5, "status": 2, "reporterid": lin,
    "endTime": "2022-08-31 17:58:34", "startTime": "2022-08-26 14:28:43"})
equal("its members", list(records[0]), record_keys)
equal("the records of nobody", call("/mytimerecored", userid=999)[1], envelope(True, None, [], None))

# Importing.
wu = {"name": "wu", "studentid": "2000301421", "qq": "10001", "avatar": "two.jpg"}
equal("an import", call("/adduser", "POST", wu), (200, envelope(True, "添加成功", None, 20031)))
equal("an import twice", call("/adduser", "POST", wu)[1],
      envelope(False, "2000301421已存在", None, 20030))
equal("no JSON", call("/adduser", "POST", "{oops")[0], 400)
equal("a path that is none", call("/nosuchpath")[0], 404)

# Reports.
for reported, reporter, wanted in [
        (lin, lin, "不能举报自己"), (tao, lin, f"{tao}未签到"), ("221", lin, "221不存在")]:
    equal(wanted, call("/report", "POST", {"reportid": reported, "reporterid": reporter})[1],
          envelope(False, wanted, None, 20040))

# A dashboard of version 2 sees what the old client does.
board = Socket("/ws")
board.say({"type": "hello"})
board.hear()
board.say({"type": "subscribe", "id": 1, "topic": "checkin.presence"})
equal("the board at first", [u["name"] for u in board.hear()["data"]["snapshot"]["data"]], ["lin"])
call("/login", studentid=tao), call("/login", studentid=tao), call("/login", studentid="221")
event = board.hear()["data"]
equal("a coming", (event["event"], event["user"]["studentid"]), ("checkin.in", tao))
call("/logout", studentid=tao)
event = board.hear()["data"]
equal("a leaving", (event["event"], list(event)), ("checkin.out", ["event", "user", "recordtime"]))
equal("a report", call("/report", "POST", {"reportid": lin, "reporterid": tao})[1],
      envelope(True, f"{tao}举报{lin}成功", None, 20041))
equal("a report on the board", board.hear()["data"]["event"], "checkin.reported")
true("no more than that", board.hears_nothing())
equal("hours that do not count", call("/selectone", studentid=lin)[1]["data"]["weekTime"], 56.97)


# The chat.
def enter(number):
    cookie = ask("GET", f"/login?studentid={number}")[1]["Set-Cookie"].split(";")[0]
    return Socket("/chart", cookie), cookie


def message(kind, text, to=None, sender=tao, name="tao"):
    return {"type": kind, "id": 3, "studentid": sender, "from": sender, "to": to, "name": name,
            "avatar": None, "message": text, "time": None}


one, cookie = enter(tao)
equal("the map", one.hear(), {"systemMsgFlag": True, "message": {tao: {
    "avatar": "one.jpg", "type": None, "name": "tao", "id": "3", "studentid": tao, "from": None,
    "to": None, "message": None, "time": None}}})
two, _ = enter(lin)
equal("the map of two", two.hear(), one.hear())
one.say(message(1, "hi"))
heard = two.hear()
equal("to all", (heard["systemMsgFlag"], heard["message"]["type"], heard["message"]["message"]),
      (False, 1, "hi"))
one.say(message(1, "forged", sender="9999", name="evil"))
heard = two.hear()["message"]
equal("under another name", (heard["from"], heard["name"]), (tao, "tao"))
one.say(message(3, "psst", to=lin))
heard = two.hear()["message"]
equal("to one", (heard["type"], heard["to"], heard["message"]), (3, lin, "psst"))
one.say(message(3, "anybody?", to="2000301421"))
true("to somebody who is not there", one.hears_nothing())
one.say(message(6, "0x9"))
heard = one.hear()
equal("the heartbeat", (heard["systemMsgFlag"], heard["message"]["type"], heard["message"]["message"]),
      (True, 6, "0xA"))
true("the heartbeat of another", two.hears_nothing())
twice = Socket("/chart", cookie)
heard = twice.hear()["message"]
equal("coming in twice", (heard["type"], heard["message"]), (5, f"{tao}已进入聊天室"))
two.close()
equal("the map of one", list(one.hear()["message"]), [tao])
finish()
