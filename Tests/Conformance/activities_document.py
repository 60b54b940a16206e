"""A client of the campus system's activities as their document has them: lists, enrolments, and
clock-ins with the code that a member of the staff shows."""
from wire import *

BAD_CODE = "打卡二维码异常或已过期，请重试。"


def token(username, password):
    status, answer = call("/auth/get-token/", "POST", {"username": username, "password": password})
    true(f"{username} logs in", status in (200, 201))
    return answer["token"]


def api(method, path, holder, body=None, headers=None):
    """Status and JSON of a call with the document's header."""
    headers = dict(headers or {}, Authorization=f"Token {holder}")
    status, _, content = ask(method, path, body, headers)
    try:
        return status, json.loads(content)
    except ValueError:
        return status, content.decode()


chen, li = token("20120001", "chen123456"), token("20120002", "lina123456")
wang = token("20120003", "wang123456")

# 1. Lists of activities, and one of them.
status, page = api("GET", "/activities/", li)
equal("the list", (status, page["count"], page["next"], page["previous"]), (200, 3, None, None))
equal("the newest first", [one["id"] for one in page["results"]], [4, 3, 2])
status, talk = api("GET", "/activities/3/", li)
equal("activity 3", (status, talk), (200, page["results"][1]))
equal("its members", sorted(talk), sorted([
    "id", "time_start", "time_end", "location", "name", "description", "form_metas",
    "open_for_enrollment", "enrollment_count", "my_enrollment_count",
    "participants_total_limit"]))
equal("its facts", (talk["name"], talk["location"], talk["enrollment_count"],
                    talk["participants_total_limit"]), ("教学研讨", "会议室A", 1, 30))
true("times are those of Shanghai", talk["time_start"].endswith("+08:00"))
equal("its form", json.loads(talk["form_metas"]), {"姓名": {"required": True, "type": "text"}})
equal("without the slash", api("GET", "/activities/3", li), (200, talk))
equal("below the prefix", api("GET", "/campus/activities/3/", li), (200, talk))
equal("one's own", [one["id"] for one in api("GET", "/activities/?my=yes", chen)[1]["results"]],
      [3])
search = urllib.parse.urlencode({"search": "研讨"})
equal("a search", api("GET", f"/activities/?{search}", li)[1]["count"], 1)
equal("a closed activity", api("GET", "/activities/1/", li), (404, {"detail": "未找到。"}))
equal("a page that there is not", api("GET", "/activities/?page=9", li),
      (404, {"detail": "无效页面。"}))
equal("without a token", call("/activities/"), (401, {"detail": "身份认证信息未提供。"}))

# 3. Enrolments, as JSON and as a form.
status, mine = api("GET", "/enrollments/41/", chen)
equal("enrolment 41", (status, mine), (200, {
    "id": 41, "enroll_time": "2020-02-21T20:15:03.120045+08:00", "activity": 3, "user": 7,
    "participating_metas": '{"姓名": "陈伟"}'}))
equal("somebody else's", api("GET", "/enrollments/41/", li), (404, {"detail": "未找到。"}))


def enrol(holder, activity, answers):
    body = {"activity": activity, "participating_metas": json.dumps(answers, ensure_ascii=False)}
    return api("POST", "/enrollments/", holder, body)


def refused(what, got, field, sentence):
    equal(what, got, (400, {field: [sentence]}))


refused("not open", enrol(li, 1, {}), "activity", "报名通道暂未开启。")
refused("over", enrol(li, 2, {}), "activity", "该活动已结束，无法继续报名。")
refused("unknown", enrol(li, 99, {}), "activity", "无效主键 “99” － 对象不存在。")
refused("twice", enrol(chen, 3, {}), "non_field_errors", "你已经报名过该活动。")
refused("unanswered", enrol(li, 3, {}), "non_field_errors", "必填项姓名不得为空。（字段：姓名）")
for answers, reason in [
        ({"性别": "无"}, "单选项不合法（字段：性别）"), ({"爱好": ["睡觉"]}, "多选项不合法（字段：爱好）"),
        ({"爱好": ["数学"], "年龄": "老"}, "数字不合法（字段：年龄）")]:
    refused(reason, enrol(li, 4, answers), "non_field_errors", reason)
status, new = enrol(li, 3, {"姓名": "李娜"})
equal("enrolling", (status, new["id"], new["participating_metas"]), (201, 42, '{"姓名": "李娜"}'))
form = urllib.parse.urlencode({
    "activity": 4, "participating_metas": json.dumps({"爱好": ["编程"], "年龄": "30"})})
status, other = api("POST", "/enrollments/", li, form,
                    {"Content-Type": "application/x-www-form-urlencoded"})
equal("from a form", (status, other["participating_metas"]),
      (201, '{"爱好": ["编程"], "年龄": 30, "性别": "男", "备注": ""}'))
equal("one's own list", [one["id"] for one in api("GET", "/enrollments/", li)[1]["results"]],
      [43, 42])
equal("counted", api("GET", "/activities/4/", li)[1]["enrollment_count"], 1)
equal("withdrawing", api("DELETE", "/enrollments/43/", li), (204, ""))
equal("withdrawn", api("GET", "/activities/4/", li)[1]["enrollment_count"], 0)

# 2. Clock-ins.
equal("what is done", api("GET", "/activities/clockins/3/", chen),
      (200, [{"label": "签到", "is_clockin": True}, {"label": "签退", "is_clockin": False}]))
equal("of no activity", api("GET", "/activities/clockins/99/", chen),
      (400, {"detail": "该活动不存在。"}))
code = api("GET", "/activities/clockins/items/12/qr/", wang)[1]["payload"]
content = json.loads(base64.b64decode(code, validate=True))
equal("the code", (content["activity_id"], content["label"], len(content["generated_key"])),
      (3, "签到", 36))
true("is not for everyone", api("GET", "/activities/clockins/items/12/qr/", li)[0] == 403)
for what, key in [("no code", "x"), ("another key", base64.b64encode(json.dumps(
        dict(content, generated_key="7c9e6679-7425-40de-944b-e07fc1f90ae7")).encode()).decode())]:
    equal(what, api("POST", "/activities/clockins/", li, {"key": key}), (400, {"detail": BAD_CODE}))
equal("not enrolled", api("POST", "/activities/clockins/", wang, {"key": code}),
      (400, {"detail": "您尚未报名该活动，无法进行本次打卡。"}))
equal("clocking in", api("POST", "/activities/clockins/3", li, {"key": code}),
      (200, {"label": "签到", "activity_name": "教学研讨"}))
equal("twice", api("POST", "/activities/clockins/", li, {"key": code}),
      (400, {"detail": "已存在该打卡记录。"}))
equal("done", api("GET", "/activities/clockins/3/", li)[1][0],
      {"label": "签到", "is_clockin": True})
early = api("GET", "/activities/clockins/items/14/qr/", token("admin", "123456"))[1]["payload"]
equal("too early", api("POST", "/activities/clockins/", li, {"key": early}),
      (400, {"detail": "打卡时间不在指定的时间范围内。"}))
status, headers, picture = ask("GET", "/admin/activity/clockinmeta/12/qrcode/img/",
                               headers={"Authorization": f"Token {wang}"})
equal("the picture", (status, headers["Content-Type"], picture[:4]),
      (200, "image/png", b"\x89PNG"))
status, left = api("GET", "/admin/activity/clockinmeta/12/qrcode/expiration-timedelta/", wang)
true("the seconds left", status == 200 and 0 < left["timedelta"] <= 25)
finish()
