"""A client of the campus services as their document has them, with a look at all that it says."""
from wire import *


def api(method, path, body=None, token=None, **headers):
    """Status and JSON of a call."""
    if token:
        headers["Authorization"] = "Token " + token
    status, _, content = ask(method, path, body, headers)
    try:
        return status, json.loads(content)
    except ValueError:
        return status, content.decode()


def detail(what, got, status, sentence):
    equal(what, got, (status, {"detail": sentence}))


def form(**fields):
    return urllib.parse.urlencode(fields)


def log_in(name, password):
    status, answer = api("POST", "/auth/get-token/", form(username=name, password=password),
                         **{"Content-Type": "application/x-www-form-urlencoded"})
    return status, answer.get("token", "")


# 1. Logins: a token in a header of every call.
status, chen = log_in("20120001", "chen123456")
equal("the first token", status, 201)
true("forty digits", len(chen) == 40 and int(chen, 16))
status, second = log_in("20120001", "chen123456")
true("another device has its own", (status, second != chen) == (200, True))
equal("a wrong password",
      api("POST", "/auth/get-token/", {"username": "20120001", "password": "x"}),
      (400, {"non_field_errors": ["无法使用提供的认证信息登录。"]}))
equal("no password", api("POST", "/auth/get-token/", {"username": "20120001"}),
      (400, {"password": ["该字段是必填项。"]}))
paths = ["/current-user/", "/current-user/meta/", "/contacts/", "/contacts/1/", "/departments/"]
for path in paths:
    detail(f"{path} without a token", api("GET", path), 401, "身份认证信息未提供。")
    detail(f"{path} with another one", api("GET", path, token="0" * 40), 401, "认证令牌无效。")
    equal(f"{path} with the token", api("GET", path, token=chen)[0], 200)
    equal(f"{path} without the slash", api("GET", path[:-1], token=second)[0], 200)
equal("the challenge", ask("GET", "/contacts/")[1]["WWW-Authenticate"], "Token")
detail("a header without a token", api("GET", "/contacts/", Authorization="Token"), 401,
       "没有提供认证信息（认证令牌HTTP头无效）。")
detail("a token with a blank", api("GET", "/contacts/", token="a b"), 401,
       "认证令牌字符串不应该包含空格（无效的认证令牌HTTP头）。")
detail("another method", api("PUT", "/contacts/", {}, token=chen), 405, "方法 “PUT” 不被允许。")
detail("another media type", api("POST", "/auth/get-token/", "x", **{"Content-Type": "text/plain"}),
       415, "不支持请求中的媒体类型 “text/plain”。")

# WeChat: a bound user logs in with a code, another one binds first.
detail("no code", api("POST", "/auth/wechat-code2token/", {}), 400,
       "Wechat JSCode field is required.")
detail("a wrong code", api("POST", "/auth/wechat-code2token/", {"code": "x"}), 400,
       "Cannot convert Wechat JSCode to session, maybe the code is wrong.")
unbound = ("The user account has not been associated with Wechat account,"
           " you have to call API wechat-bind-wechat-user first.")
detail("a code of nobody", api("POST", "/auth/wechat-code2token/", {"code": "demo-code-a"}), 400,
       unbound)
status, answer = api("POST", "/auth/wechat-code2token/", {"code": "demo-code-b"})
equal("the code of user 9", (status, api("GET", "/current-user/", token=answer["token"])[1]["id"]),
      (201, 9))
status, user = api("PUT", "/auth/wechat-auth/", {"code": "demo-code-a"}, token=second)
equal("binding", (status, user["username"]), (200, "20120001"))
status, answer = api("POST", "/auth/wechat-code2token/", {"code": "demo-code-a"})
equal("the code is that of user 7 now",
      api("GET", "/current-user/", token=answer["token"])[1]["id"], 7)
equal("logging out", api("DELETE", "/auth/wechat-auth/", token=second)[0], 200)
detail("the token has ended", api("GET", "/current-user/", token=second), 401, "认证令牌无效。")
detail("the code is nobody's again",
       api("POST", "/auth/wechat-code2token/", {"code": "demo-code-a"}), 400, unbound)

# 2. The caller.
user7 = {"id": 7, "username": "20120001", "first_name": "伟", "last_name": "陈",
         "email": "chen@example.edu", "is_staff": False, "is_active": True,
         "date_joined": "2020-02-13T09:00:00+08:00", "groups": [],
         "department": {"id": 2, "name": "计算机系"}}
contact7 = {"user": 7, "user_meta": user7, "department": "计算机系", "post": "讲师", "qq": "10001",
            "wechat": None, "tel": None, "phone": "13800000000", "description": None,
            "fullname": "陈伟", "alpha": "C", "is_friend": False, "id": 1}
equal("the caller", api("GET", "/current-user/", token=chen), (200, user7))
equal("the caller's card", api("GET", "/current-user/meta/", token=chen), (200, contact7))

# 3. Contacts and colleagues.
li = log_in("20120002", "lina123456")[1]
equal("colleagues", api("GET", "/contacts/?my=yes", token=li),
      (200, [dict(contact7, is_friend=True)]))
for query, found in [("", ["陈伟", "李娜"]), ("my=no", ["陈伟", "李娜"]), ("search=教授", ["李娜"]),
                     ("search=计算机", ["陈伟"]), ("search=025-1001", ["李娜"]),
                     ("search=1390000", ["李娜"]), ("search=10001 讲师", ["陈伟"]), ("search=x", [])]:
    query = urllib.parse.quote(query, safe="=&")
    got = api("GET", "/contacts/?" + query, token=li)[1]
    equal(f"contacts {query}", [contact["fullname"] for contact in got], found)
socket = Socket("/ws", authorization="Token " + li)
socket.say({"type": "hello", "id": 1, "data": {}})
equal("the socket's user", socket.hear()["data"]["user"]["name"], "lina")
socket.say({"type": "subscribe", "id": 2, "topic": "campus.user.8"})
socket.hear()
equal("adding a colleague", api("POST", "/friends/9/", token=li), (200, ""))
pushed = socket.hear()["data"]
equal("it is pushed", (pushed["event"], pushed["user"], pushed["is_friend"]),
      ("friend.changed", 9, True))
detail("adding again", api("POST", "/friends/9/", token=li), 400, "已存在该好友关系。")
equal("removing", api("DELETE", "/friends/9/", token=li), (200, ""))
detail("removing again", api("DELETE", "/friends/9/", token=li), 404, "未找到。")
detail("a user that there is not", api("POST", "/friends/99/", token=li), 404, "未找到。")
finish()
