// Shared by the pages of the campus: the calls of the campus system and its refusals in both languages.
import { $, api, askLogin, clockTime, dateName, dayOf, logOut, session } from "/assets/ui.js";
import { addWords, language, t } from "/assets/i18n.js";

addWords({
  "campus.gate": ["Log in with the account of your faculty.", "请使用院系账号登录。"],
  "campus.nobody": ["This account does not belong to the faculty.", "此账号不属于本院系。"],
  "campus.ended": ["Your login has ended. Please log in again.", "登录已失效，请重新登录。"],
});

// The server says them in Chinese; the document fixes the words.
const english = new Map([
  ["打卡二维码异常或已过期，请重试。", "This code is not the current one. Scan the code that the screen shows now."],
  ["打卡二维码已过期，请重试。", "This code has expired. Ask the staff to show a new one, and scan that."],
  ["打卡时间不在指定的时间范围内。", "Clock-in is not open at this time."],
  ["您尚未报名该活动，无法进行本次打卡。", "You are not enrolled in this activity. Enrol first, then scan again."],
  ["已存在该打卡记录。", "You have already clocked in."],
  ["报名通道暂未开启。", "Enrolment is not open."],
  ["该活动已结束，无法继续报名。", "This activity is over."],
  ["报名人数已经达到上限，无法继续报名。", "All places are taken."],
  ["你已经报名过该活动。", "You are already enrolled."],
  ["会议室在该时间段已经被占用。", "The room is taken for that time."],
  ["开始时间必须在现在以后。", "The booking must begin after now."],
  ["最早的开始时间必须在现在以后。", "The time to search must begin after now."],
  ["预约会议时间不得少于10分钟。", "That is less than 10 minutes."],
  ["预约会议时间不得少于10分钟，不得超过3小时。", "A booking takes from 10 minutes to 3 hours."],
  ["预约请求失败，请重试。", "The booking did not go through. Please try again."],
  ["报名失败：报名表单不合法。", "The form of this activity is broken. Please tell its organiser."],
]);
const patterns = [
  [/^必填项.*（字段：(.*)）$/, "Please answer “{q}”."],
  [/^数字不合法（字段：(.*)）$/, "“{q}” must be a whole number."],
  [/^[单多]选项不合法（字段：(.*)）$/, "Please choose from the list for “{q}”."],
];

function sentence(text) {
  if (language === "zh" || !text) return text;
  for (const [pattern, words] of patterns) {
    const found = pattern.exec(text);
    if (found) return words.replace("{q}", found[1]);
  }
  return english.get(text) ?? text;
}

/** A documented call. Rejects with a sentence for the reader, and the status. */
export async function call(path, options) {
  try {
    return await api(path, options);
  } catch (error) {
    if (error.status === 401) {
      session.clear();
      throw Object.assign(new Error(t("campus.ended")), { status: 401 });
    }
    if (error.status === 403) throw Object.assign(new Error(t("campus.nobody")), { status: 403, answer: error.answer });
    const { answer } = error, first = answer?.detail ?? Object.values(answer ?? {}).flat()[0];
    throw Object.assign(new Error(sentence(first) || error.message), { status: error.status, code: first, answer });
  }
}

/** The buttons `#enter` and `#login`. @param {{reconnect: () => void}} hub @param {() => void} changed somebody else is logged in, or nobody */
export function offerLogin(hub, changed) {
  const logIn = async () => {
    if (!await askLogin({ registers: false })) return;
    hub.reconnect();
    changed();
  };
  $("enter").addEventListener("click", logIn);
  $("login").addEventListener("click", async () => {
    if (!session.get()) return logIn();
    await logOut();
    hub.reconnect();
    changed();
  });
}

/** `14:05` today, with the date on other days. @param {string} time ISO 8601 */
export function when(time) {
  const at = Date.parse(time);
  return dayOf(at) === dayOf(Date.now()) ? clockTime(at) : `${dateName(at)}, ${clockTime(at)}`;
}
