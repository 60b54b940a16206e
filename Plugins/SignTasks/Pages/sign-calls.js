// Shared by all parts of the page: its words, the documented calls, times.
import { api, clockTime, dayOf, duration, h, session } from "/assets/ui.js";
import { addWords, has, t } from "/assets/i18n.js";

addWords({
  "sign.title": ["Attendance", "课堂签到"],
  "sign.gate": ["Attendance", "课堂签到"],
  "sign.gate.lead": ["Log in to see the tasks of your courses.", "登录后即可查看课程的签到任务。"],
  "sign.nobody": ["This account is neither a teacher nor a student.", "此账号既不是教师也不是学生。"],
  "sign.ended.login": ["Your login has ended. Please log in again.", "登录已失效，请重新登录。"],
  "sign.more": ["More", "更多"],
  "sign.and": ["and {n} more", "还有 {n} 个"],

  "sign.open": ["To sign now", "待签到"],
  "sign.open.none": ["Nothing to sign. A new task appears here at once.", "暂无签到任务，新任务会立即出现在这里。"],
  "sign.sign": ["Sign", "签到"],
  "sign.signing": ["Signing…", "正在签到…"],
  "sign.done": ["Signed: {name}", "签到成功：{name}"],
  "sign.arrived": ["New task: {name}", "新签到任务：{name}"],
  "sign.left": ["{time} left", "剩余 {time}"],
  "sign.ends": ["until {time}", "截止 {time}"],
  "sign.signed.count": ["{n} have signed", "已有 {n} 人签到"],
  "sign.history": ["History", "签到记录"],
  "sign.history.none": ["No records match.", "没有符合条件的记录。"],
  "sign.history.empty": ["No records yet.", "还没有签到记录。"],
  "sign.status": ["Status", "状态"],
  "sign.status.all": ["All", "全部"],
  "sign.status.0": ["Not finished", "未完成"],
  "sign.status.1": ["Signed", "成功"],
  "sign.status.2": ["Failed", "失败"],
  "sign.status.3": ["Anomaly", "异常"],
  "sign.course": ["Course", "课程"],
  "sign.course.hint": ["name, pinyin, no.", "名称、拼音或编号"],

  "sign.new": ["New task", "新建签到"],
  "sign.name": ["Name", "名称"],
  "sign.minutes": ["Minutes", "时长（分钟）"],
  "sign.detail": ["Details (optional)", "说明（可选）"],
  "sign.create": ["Create", "发布"],
  "sign.courses.none": ["You have no running courses.", "您没有进行中的课程。"],
  "sign.classes": ["Week {week} · {classes}", "第 {week} 周 · {classes}"],
  "sign.tasks": ["My tasks", "我的签到"],
  "sign.tasks.none": ["No tasks yet.", "还没有签到任务。"],
  "sign.over": ["ended", "已结束"],
  "sign.pick": ["Create a task or select one.", "请新建或选择一个签到任务。"],
  "sign.back": ["Tasks", "任务列表"],
  "sign.of": ["of {n} have signed", "/ {n} 人已签到"],
  "sign.progress": ["{n} of {all} have signed", "{all} 人中已签到 {n} 人"],
  "sign.present": ["Signed", "已签到"],
  "sign.absent": ["Not signed", "未签到"],
  "sign.absent.none": ["Everybody has signed.", "全部到齐。"],
  "sign.present.none": ["Nobody has signed yet.", "还没有人签到。"],
  "sign.find": ["Name or number", "姓名或学号"],
  "sign.end": ["End now", "提前结束"],
  "sign.end.sure": ["End this task now? Students can no longer sign.", "现在结束此签到？学生将无法继续签到。"],
  "sign.export": ["Export .xlsx", "导出 .xlsx"],
  "sign.notes": ["Notes", "附加信息"],
  "sign.note": ["Note to the students", "给学生的附加信息"],
  "sign.note.add": ["Add", "添加"],

  "sign.courses": ["Course tables", "课程表"],
  "sign.courses.find": ["Course, teacher or number", "课程、教师或编号"],
  "sign.number": ["No.", "编号"],
  "sign.teacher": ["Teacher", "教师"],
  "sign.term": ["Start of term", "学期起始"],
  "sign.running.0": ["running", "进行中"],
  "sign.running.1": ["not open", "未开课"],
  "sign.running.2": ["ended", "已结课"],
  "sign.students": ["Students", "学生"],
  "sign.students.none": ["No students have selected this course.", "还没有学生选择此课程。"],
  "sign.remove": ["Remove", "移除"],
  "sign.remove.sure": ["Remove {name} from this course?", "将 {name} 移出此课程？"],
  "sign.import": ["Import a list", "导入名单"],
  "sign.import.kind": ["List of", "名单类型"],
  "sign.import.courses": ["Courses", "课程"],
  "sign.import.classes": ["Members of classes", "班级成员"],
  "sign.import.selections": ["Course selections", "学生选课"],
  "sign.import.columns": ["Columns of the first line:", "首行列名："],
  "sign.import.file": ["CSV file", "CSV 文件"],
  "sign.import.text": ["or paste its lines", "或直接粘贴"],
  "sign.import.check": ["Check", "检查"],
  "sign.import.take": ["Import", "导入"],
  "sign.import.good": ["Lines without errors: {n}. Nothing is stored yet.", "共 {n} 行，没有错误，尚未保存。"],
  "sign.import.taken": ["Lines imported: {n}.", "已导入 {n} 行。"],
  "sign.term.year": ["Year", "学年"],
  "sign.term.which": ["Term", "学期"],
  "sign.term.0": ["Spring", "春季"],
  "sign.term.1": ["Autumn", "秋季"],
  "sign.term.monday": ["Monday of week 1", "第一周的星期一"],
  "sign.term.set": ["Set", "保存"],
  "sign.term.done": ["It is now week {week}.", "现在是第 {week} 周。"],
  "sign.term.later": ["Saved. The term has not started yet.", "已保存，学期尚未开始。"],

  // The document's refusals that its readers meet; the server's own words are Chinese.
  "sign.403": ["The staff must confirm this account first.", "此账号须先由工作人员确认。"],
  "sign.17002": ["There is no such course.", "没有这门课程。"],
  "sign.17003": ["This course is not yours, or not running.", "该课程不是您的，或未在进行中。"],
  "sign.17104": ["There is no such course.", "没有这门课程。"],
  "sign.17106": ["The task could not be stored. Please try again.", "任务无法保存，请重试。"],
  "sign.17108": ["The task could not be stored. Please shorten the details.", "任务无法保存，请缩短说明。"],
  "sign.17403": ["There is no such task.", "没有该签到任务。"],
  "sign.17502": ["There is no such task.", "没有该签到任务。"],
  "sign.17602": ["This server refuses the signature of this browser.", "服务器不接受此浏览器的签名方式。"],
  "sign.17603": ["The signature was not accepted. Please log in again.", "签名验证失败，请重新登录。"],
  "sign.17605": ["There is no such task.", "没有该签到任务。"],
  "sign.17609": ["The signature could not be stored. Please try again.", "签到无法保存，请重试。"],
  "sign.17703": ["This task was not begun.", "尚未开始此签到。"],
  "sign.17710": ["The signature could not be stored. Please try again.", "签到无法保存，请重试。"],
  "sign.17712": ["The signature could not be stored. Please try again.", "签到无法保存，请重试。"],
  "sign.17102": ["A task lasts from 1 to 1000 minutes.", "时长须在 1 到 1000 分钟之间。"],
  "sign.17103": ["Please give the task a name.", "请填写有效的签到名称。"],
  "sign.17105": ["This course is not yours, or not running.", "该课程不是您的，或未在进行中。"],
  "sign.17107": ["You have a task with this name. Please change the name.", "已有同名任务，请修改名称。"],
  "sign.17404": ["This note cannot be added: a task holds at most ten.", "无法添加：每个任务最多十条附加信息。"],
  "sign.17604": ["The clock of this device is wrong.", "此设备的时间不准确。"],
  "sign.17606": ["Too late: this task has ended.", "签到已超时。"],
  "sign.17607": ["You have already begun to sign. Only the device and browser that began can finish.", "您已开始此签到，只能在开始时的设备和浏览器上完成。"],
  "sign.17608": ["You are not in this course.", "您未选该课程。"],
  "sign.17705": ["Too late: this task has ended.", "签到已过期。"],
});

/** A call of the document. @returns {Promise<any>} its `data`; rejects with a readable sentence and the document's code */
export async function call(path, form) {
  const answer = await api(path, form && { form });
  if (answer.status) return answer.data;
  throw refusal(answer);
}

/** The error of an envelope that is one. */
export function refusal({ code, msg }) {
  if (code === -2) {
    session.clear();
    dispatchEvent(new Event("sign.out"));
  }
  const sentence = code === -2 ? t("sign.ended.login") : has(`sign.${code}`) ? t(`sign.${code}`) : msg;
  return Object.assign(new Error(sentence || t("error.answer", { status: code })), { code });
}

/** A moment in few letters: the time today, and the date of other days. @param {number} seconds */
export function moment(seconds) {
  const at = seconds * 1000, isToday = dayOf(at) === dayOf(Date.now());
  return isToday ? clockTime(at) : clockTime(at, { year: "numeric", month: "short", day: "numeric" });
}

/** A text that counts down to this second; `tick` keeps it right. @param {number} seconds */
export const countdown = (seconds) => h("span", { "data-until": seconds });

/** Shows what is left of every countdown. @param {number} now milliseconds */
export function tick(now) {
  for (const node of document.querySelectorAll("[data-until]")) {
    const left = Number(node.dataset.until) * 1000 - now;
    node.textContent = left < 0 ? t("sign.over") : t("sign.left", { time: duration(left) });
    node.classList.toggle("soon", left < 60_000);
  }
}

export const notesView = (notes) =>
  h("ul.notes", {}, ...(notes ?? []).map(({ time, content }) => h("li", {}, h("time", {}, moment(time)), h("span", {}, content))));

/** Asks before something that cannot be taken back. @returns {Promise<boolean>} */
export function sure(question, verb) {
  return new Promise((resolve) => {
    const dialog = h("dialog", { "aria-label": question, onclose: () => { dialog.remove(); resolve(dialog.returnValue === "yes"); } },
      h("form.form", { method: "dialog" }, h("p", {}, question), h("div.row", {},
        h("button.primary", { value: "yes" }, verb), h("button", { value: "no", autofocus: true }, t("cancel")))));
    document.body.append(dialog);
    dialog.showModal();
  });
}
