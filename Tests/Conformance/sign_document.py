"""A client of the document on sign tasks: a teacher and two students, with the algorithm `table`."""
import re, time, urllib.parse
from wire import *

sign_keys = ["taskID", "courseTableID", "count", "append", "signID", "name", "detail", "time",
             "expireTime", "type", "userID", "flag"]
log_keys = ["signLogID", "studentID", "beginTime", "endTime", "signID", "courseTableID",
            "longitude", "latitude", "logStatus", "taskID", "name", "detail", "taskTime",
            "expireTime", "teacherID", "courseID", "courseName", "count", "append"]
monday = "人工智能(管理员)，第15周上课签到，星期一 再次"


def form(path, token=None, way="token", method="POST", **fields):
    """A call with a form, or for a GET with a query; the token goes the way that is named."""
    headers = {}
    if token and way == "token":
        headers["token"] = token
    elif token and way == "cookie":
        headers["Cookie"] = f"token={token}"
    elif token:
        fields["__token"] = token
    text = urllib.parse.urlencode(fields)
    if method == "POST":
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    elif text:
        path += "?" + text
    status, _, content = ask(method, path, text if method == "POST" else None, headers)
    equal(f"{path}: the status", status, 200)
    answer = json.loads(content)
    equal(f"{path}: the members", list(answer), ["status", "code", "msg", "data"])
    return answer


def get(path, token=None, **fields):
    return form(path, token, method="GET", **fields)


def good(path, token=None, **fields):
    answer = form(path, token, **fields)
    equal(f"{path} succeeds", (answer["status"], answer["code"], answer["msg"]), (True, 0, ""))
    return answer["data"]


def refused(code, text, path, token=None, **fields):
    equal(f"{code}", form(path, token, **fields),
          {"status": False, "code": code, "msg": text, "data": None})


def login(name, password):
    data = good("/user_action/login", username=name, password=password, client="web")
    true("a token of 64 characters", re.fullmatch(r"[0-9a-f]{64}", data["token"]))
    return data["token"]


teacher, tao, lin = (login(*who) for who in [
    ("admin", "123456"), ("2100301419", "tao123456"), ("lin@example.edu", "lin123456")])

# Who one is, and the three ways of a token.
refused(-2, "当前未登录，请登录", "/sign/teacher_list")
for way in ["token", "cookie", "__token"]:
    equal(f"the user by {way}", form("/user/info", tao, way)["data"]["id"], 32)
clock = get("/server_status/time")["data"]
true("the clock", abs(clock["second"] - time.time()) < 60 and clock["utcNum"] == 8)

# The teacher prepares and makes a task, both ways of a call and below the prefix.
for base in ["", "/gocourse"]:
    for call_ in [get, form]:
        prepared = call_(base + "/sign/prepare", teacher, course_table_id=6)["data"]
        equal("a course", list(prepared["course"]), [
            "scheduleID", "courseTableID", "teacherID", "teacherName", "deptID", "deptName",
            "deptNickName", "enrolYear", "courseID", "courseName", "openYear", "openTerm",
            "fromWeek", "endWeek", "status"])
        equal("the week", (prepared["week"]["week"], list(prepared["week"])),
              (12, ["year", "term", "week", "begin_date"]))
        equal("the classes", prepared["classInfo"],
              [{"classID": 3, "className": "计科11201", "courseTableID": 6}])
refused(17000, "准备的课程ID有误", "/sign/prepare", teacher)
refused(17001, "不是教师用户，不能创建课程签到", "/sign/prepare", tao, course_table_id=6)
refused(17002, "错误的课程参数", "/sign/prepare", teacher, course_table_id=999)
refused(17003, "你无法在此课程上创建签到", "/sign/prepare", teacher, course_table_id=8)
task = {"course_table_id": 5, "name": "高等数学 ☂ 100%", "detail": "第一讲", "time": 45}
refused(17102, "过期时间必须在1~1000之间，单位为分钟", "/sign/create", teacher, **{**task, "time": 1001})
refused(17103, "无效的签到名称，请使用友好的名称", "/sign/create", teacher, **{**task, "name": ""})
made = good("/sign/create", teacher, **task)
equal("a new task", list(made), ["taskID", "signID", "beginTime", "endTime"])
equal("its life", made["endTime"] - made["beginTime"], 2700)
refused(17107, "存在重复的任务，请修改任务名称", "/sign/create", teacher, **task)
equal("a call of another method", get("/sign/create", teacher)["code"], 405)
sign = made["signID"]

# Lists and notes.
listed = get("/sign/teacher_list", teacher)["data"]["list"]
equal("the newest first", [entry["signID"] for entry in listed], [sign, 11, 10, 6, 4, 3, 1])
equal("a task", list(listed[0]), sign_keys)
equal("without notes", {str(entry["append"]) for entry in listed}, {"None"})
notes = get("/sign/teacher_list", teacher, show_append=1)["data"]["list"][4]["append"]
equal("notes", notes, [{"time": 1434109565, "content": "附加信息1"},
                       {"time": 1434101467, "content": "附加信息2222"}])
equal("a note", good("/sign/teacher_append_info", teacher, sign_id=4, info="OK"), None)
equal("the notes after it", [note["content"] for note in
      get("/sign/teacher_get/4", teacher)["data"]["append"]], ["附加信息1", "附加信息2222", "OK"])
refused(17402, "附加信息为空", "/sign/teacher_append_info", teacher, sign_id=4, info=" ")
refused(17502, "未找到签到", "/sign/teacher_get/2", teacher)

# A student signs.
opened = get("/sign/student_new_sign", tao)["data"]["list"]
equal("new tasks", [entry["signID"] for entry in opened], [sign, 6])
equal("a new task's members", (list(opened[0]), opened[0]["append"]), (sign_keys, []))


def begin(token, uuid, shift=0, hash_=None, **fields):
    now = clock["second"] + shift
    return form("/sign/student_sign_begin", token, sign_id=sign, key=f"{now}\t{uuid}\tandroid",
                hash=hash_ or f"{now}{uuid}android", **fields)


clock = get("/server_status/time")["data"]
equal("a wrong hash", begin(tao, "phone", hash_="x")["code"], 17603)
equal("a wrong clock", begin(tao, "phone", shift=-90)["code"], 17604)
equal("a wrong algorithm", begin(tao, "phone", algorithm="AES")["code"], 17602)
begun = begin(tao, "phone")["data"]
true("a key", re.fullmatch(r"[A-Za-z0-9]{10}", begun["signKey"]))
equal("the first new log", begun["signLogId"], "4")
equal("twice", begin(tao, "phone")["code"], 17607)
finish_path, log = "/sign/student_sign_finish", {"sign_id": sign}
refused(17707, "数据解析失败", finish_path, tao, key="1 phone", **log)
refused(17708, "数据异常，无法匹配原始请求状态UID", finish_path, tao, key="1\tother\t0\t0", **log)
refused(17709, "设置的签到状态有误", finish_path, tao, key="5\tphone\t0\t0", **log)
equal("done", good(finish_path, tao, key="1\tphone\t112.2456\t30.3215", **log), None)
refused(17704, "该签到已完成，无需再次处理", finish_path, tao, key="1\tphone\t0\t0", **log)
refused(17703, "未找到签到记录", finish_path, lin, key="1\tphone\t0\t0", **log)
equal("one has signed", get(f"/sign/teacher_get/{sign}", teacher)["data"]["count"], 1)
equal("no new task any more",
      [entry["signID"] for entry in get("/sign/student_new_sign", tao)["data"]["list"]], [6])

# The history.
logs = get("/sign/student_history", tao, show_append=1)["data"]["list"]
equal("the oldest first", [entry["signLogID"] for entry in logs], [2, 3, 4])
equal("a log", list(logs[0]), log_keys)
equal("the first log", logs[0], {
    "signLogID": 2, "studentID": 32, "beginTime": 1434331808, "endTime": 0, "signID": 10,
    "courseTableID": 5, "longitude": 0, "latitude": 0, "logStatus": 0, "taskID": 15,
    "name": monday, "detail": "", "taskTime": 1434299533, "expireTime": 1434299933,
    "teacherID": 1, "courseID": 1, "courseName": "人工智能", "count": 0, "append": []})
equal("the position", (logs[2]["longitude"], logs[2]["latitude"]), (112.2456, 30.3215))
for wanted, fields in [([3], {"status": 2}), ([2, 4], {"course": "rgzn"}),
                       ([3], {"course": "国际"}), ([3], {"course": "386"}), ([], {"course": "x"})]:
    found = get("/sign/student_history", tao, **fields)["data"]["list"]
    equal(f"the history by {fields}", [entry["signLogID"] for entry in found], wanted)
refused(17801, "非法状态参数", "/sign/student_history", tao, status=4)
equal("one log", list(get("/sign/student_get/3", tao)["data"]), log_keys)
refused(17901, "非法参数值", "/sign/student_get/x", tao)
refused(17902, "未找到记录", "/sign/student_get/1", tao)

# Out.
good("/user_action/logout", lin)
refused(-2, "当前未登录，请登录", "/sign/student_history", lin)
finish()
