"""A client of the study records as their document has it, with a look at all that it says."""
from wire import *

FORMAT = "%Y-%m-%d %H:%M:%S"


def api(method, path, body=None, auth="1@1.com:123", **headers):
    """Status, JSON and headers of a call below the address of the document."""
    if auth:
        headers["Authorization"] = "Basic " + base64.b64encode(auth.encode()).decode()
    status, answered, content = ask(method, "/api/v1.0/" + path, body, headers)
    try:
        return status, json.loads(content), answered
    except ValueError:
        return status, content, answered


def refused(what, got, status, error, message):
    equal(what, (got[0], got[1]), (status, {"error": error, "message": message}))


def bad(what, got, message):
    refused(what, got, 400, "bad request", message)


def url(path):
    return f"https://127.0.0.1:{port}/api/v1.0/{path}"


def study(number, start, end):
    return {"creator": url("users/1"), "end_time": end, "id": number, "start_time": start,
            "url": url(f"studys/{number}")}


def application(**fields):
    new = {"username": "neu", "password": "abcdef12", "stu_id": "4130209102", "stu_pwd": "jw-102"}
    return api("POST", "register", dict(new, **fields), auth=None)


# 1. A user.
status, user, _ = api("GET", "users/1")
last = user.pop("last_seen")
equal("user 1", (status, user), (200, {
    "member_since": "2017-03-25 06:41:49", "studys": url("users/1/studys/"),
    "url": url("users/1"), "username": "bllli"}))
now = datetime.datetime.strptime(last, FORMAT).replace(tzinfo=datetime.timezone.utc)
true("the last call is now", abs(now.timestamp() - time.time()) < 60)
refused("a user that there is not", api("GET", "users/99"), 404, "not found", "not found")

# HTTP Basic: mail address, name, student number.
for auth in ["bllli:123", "4130209101:123"]:
    equal(f"as {auth}", api("GET", "users/1", auth=auth)[0], 200)
for auth in [None, "bllli:x", "nobody:123", ":", "token-that-there-is-not:"]:
    got = api("GET", "studys/", auth=auth)
    refused(f"as {auth}", got, 401, "unauthorized", "Invalid credentials")
    equal(f"the challenge to {auth}", got[2]["WWW-Authenticate"],
          'Basic realm="Authentication Required"')

# 2. All records, with the slash and without it.
for path in ["studys/", "studys", "users/1/studys/"]:
    status, page, _ = api("GET", path)
    equal(path, (status, page["count"], page["next"], page["prev"], len(page["studys"])),
          (200, 7, None, None, 7))
    equal(f"the first of {path}", page["studys"][0], study(1, "2017-03-25 07:13:32", None))

# 4, 3, 6: finish 7, start 8, look at it.
equal("finishing 7", api("PUT", "studys/7", {"end_time": "2017-03-25 11:45:50"})[:2],
      (200, study(7, "2017-03-25 10:57:43", "2017-03-25 11:45:50")))
status, answer, headers = api("POST", "studys/", {"start_time": "2017-03-25 11:55:47"})
equal("starting 8", (status, answer), (201, study(8, "2017-03-25 11:55:47", None)))
equal("where 8 is", headers["Location"], url("studys/8"))
equal("finishing 8", api("PUT", "studys/8", {"end_time": "2017-03-25 12:00:02"})[0], 200)
equal("record 8", api("GET", "studys/8")[:2],
      (200, study(8, "2017-03-25 11:55:47", "2017-03-25 12:00:02")))
bad("finishing twice", api("PUT", "studys/8", {}), "该学习记录已结束。")
bad("an end before the start", api("PUT", "studys/1", {"end_time": "2017-03-25 07:13:31"}),
    "结束时间不能早于开始时间。")
for time_text in ["2017-03-25", "2017-03-25T07:13:32", "yesterday"]:
    bad(f"the time {time_text}", api("POST", "studys/", {"start_time": time_text}),
        "时间格式错误, 应为yyyy-MM-dd HH:mm:ss")
bad("a start in the future", api("POST", "studys/", {"start_time": "9999-01-01 00:00:00"}),
    "开始时间不能晚于当前时间。")

# The client sends an empty object with white space, or nothing.
for body in ["{ }", "{\n}", ""]:
    status, answer, _ = api("POST", "studys/", body, **{"Content-Type": "application/json"})
    equal("starting now", (status, answer["end_time"]), (201, None))
    status, ended, _ = api("PUT", f"studys/{answer['id']}", body,
                           **{"Content-Type": "application/json"})
    equal("finishing now", (status, ended["start_time"]), (200, answer["start_time"]))
    true("an end that is not before the start", ended["end_time"] >= ended["start_time"])
refused("a record that there is not", api("PUT", "studys/999", {}), 404, "not found", "not found")

# 5. A token.
status, answer, _ = api("GET", "token")
equal("a token", (status, sorted(answer), answer["expiration"]),
      (200, ["expiration", "token"], 3600))
by_token = answer["token"] + ":"
equal("with the token", api("GET", "users/1", auth=by_token)[0], 200)
refused("a token for a token", api("GET", "token", auth=by_token), 401, "unauthorized",
        "Invalid credentials")

# 7. Registering.
bad("a field too few", api("POST", "register", {"username": "neu"}, auth=None), "缺少必要参数。")
bad("nothing at all", api("POST", "register", auth=None), "缺少必要参数。")
bad("a name that is taken", application(username="bllli"), "用户已经存在。")
bad("a number that is taken", application(stu_id="4130209101"),
    "该学号被注册，可以试试找回密码。")
for number in ["123", "abcdefghij", "12345678901"]:
    bad(f"the number {number}", application(stu_id=number), "学号应该是一个十位数或是九位数.")
bad("a wrong password of the college", application(stu_pwd="x"), "402, 账号或密码错误")
equal("a college that does not answer", application(stu_id="4130209500")[0], 502)
status, new, headers = application()
equal("a registration", (status, new["username"], new["url"], headers["Location"]),
      (201, "neu", url("users/2"), url("users/2")))
form = "username=neun&password=abcdef12&stu_id=413020911&stu_pwd=jw-911"
equal("a form that is called JSON", api("POST", "register", form, auth=None,
                                        **{"Content-Type": "application/json"})[0], 201)
refused("others' records", api("PUT", "studys/1", {}, auth="neu:abcdef12"), 403, "forbidden",
        "Insufficient permissions")

# Pages of twenty.
for _ in range(22):
    api("POST", "studys/", {}, auth="neu:abcdef12")
first, second = (api("GET", f"users/2/studys/?page={page}")[1] for page in [1, 2])
equal("two pages", [(p["count"], len(p["studys"]), p["next"], p["prev"]) for p in (first, second)],
      [(22, 20, url("users/2/studys/?page=2"), None),
       (22, 2, None, url("users/2/studys/?page=1"))])
refused("a third page", api("GET", "users/2/studys/?page=3"), 404, "not found", "not found")

# What happens is pushed: Basic credentials open the socket, and so does the token.
socket = Socket("/ws", authorization="Basic " + base64.b64encode(b"bllli:123").decode())
socket.say({"type": "hello", "id": 1, "data": {}})
equal("who the socket is", socket.hear()["data"]["user"]["name"], "bllli")
for number, topic in enumerate(["study.user.1", "study.live"]):
    socket.say({"type": "subscribe", "id": number + 2, "topic": topic})
snapshots = [socket.hear()["data"]["snapshot"] for _ in range(2)]
equal("what is open", [s["id"] for s in snapshots[0]], [1])
true("how many study", snapshots[1]["studying"] >= 1)
number = api("POST", "studys/", {})[1]["id"]
equal("the start is pushed", socket.hear()["data"]["study"]["id"], number)
api("PUT", f"studys/{number}", {})
finished = socket.hear()["data"]
equal("the end is pushed", (finished["event"], finished["study"]["id"]), ("study.finished", number))
finish()
