// The words of the page for scans. A refusal says what to do next.
import { addWords, t } from "/assets/i18n.js";
import { when } from "/assets/campus-calls.js";

addWords({
  "scan.title": ["Clock in", "扫码打卡"],
  "scan.start": ["Start the camera", "打开摄像头"],
  "scan.point": ["Point the camera at the code on the screen.", "请将摄像头对准屏幕上的二维码。"],
  "scan.none": ["This browser cannot read codes. Scan with another app and paste the text below.", "此浏览器无法识别二维码，请用其他应用扫码后粘贴文本。"],
  "scan.blocked": ["The camera is not available. Allow it in the browser, or paste the text below.", "无法使用摄像头，请在浏览器中允许，或粘贴文本。"],
  "scan.text": ["Or paste the text of the code", "或粘贴二维码文本"],
  "scan.send": ["Clock in", "打卡"],
  "scan.back": ["My activities", "我的活动"],
  "scan.done": ["{label}: you have clocked in at {activity}.", "打卡成功：{activity}，{label}。"],
  "scan.held": ["Scanned: {label} at {activity}", "已扫码：{activity}，{label}"],
  "scan.held.login": ["Log in within {seconds} s and it counts from the moment of the scan.", "请在 {seconds} 秒内登录，打卡时间以扫码时刻为准。"],
  "scan.held.me": ["It counts from the moment of the scan. {seconds} s left.", "打卡时间以扫码时刻为准，剩余 {seconds} 秒。"],
  "scan.as": ["Clock in as {name}", "以 {name} 的身份打卡"],
  "scan.other": ["Somebody else", "换人"],
  "scan.enrol": ["Go to the activity and enrol", "前往活动页面报名"],
  "scan.no.code": ["This is not the code that the screen shows now. Hold the phone up to the screen and scan again.", "这不是屏幕上当前的二维码，请对准屏幕重新扫码。"],
  "scan.no.expired": ["This code has expired. Ask the staff to open the screen again, and scan the new code.", "二维码已过期，请让工作人员重新打开屏幕，再扫新的二维码。"],
  "scan.no.early": ["Too early: {label} at {activity} opens at {from}. Come back then and scan again.", "尚未开始：{activity} 的“{label}”于 {from} 开放，请届时再扫码。"],
  "scan.no.late": ["Too late: {label} at {activity} was open until {to}. If you were there, ask the staff to enter you by hand.", "已经结束：{activity} 的“{label}”已于 {to} 截止。如您在场，请联系工作人员补录。"],
  "scan.no.time": ["Clock-in is not open now. Ask the staff when it opens, and scan again then.", "当前不在打卡时间内，请向工作人员确认时间后再扫码。"],
  "scan.no.enrolled": ["You are not enrolled in {activity}. Enrol first, then scan again.", "您尚未报名“{activity}”，请先报名再扫码。"],
  "scan.no.enrolled.any": ["You are not enrolled in this activity. Enrol first, then scan again.", "您尚未报名该活动，请先报名再扫码。"],
  "scan.no.again": ["You have clocked in already. There is nothing left to do.", "您已打过卡，无需重复操作。"],
  "scan.no.held": ["More than two minutes have passed since the scan. Scan the code again.", "扫码已超过两分钟，请重新扫码。"],
  "scan.no.many": ["Too many tries. Wait a minute, then scan again.", "尝试次数过多，请稍候一分钟再扫码。"],
  "scan.no.network": ["No connection to the server. Check the network of the phone, then scan again.", "无法连接服务器，请检查手机网络后重新扫码。"],
  "scan.no.faculty": ["This account does not belong to the faculty. Log in with the account of your faculty.", "此账号不属于本院系，请使用院系账号登录。"],
});

const byDetail = new Map([
  ["打卡二维码异常或已过期，请重试。", "scan.no.code"],
  ["打卡二维码已过期，请重试。", "scan.no.expired"],
  ["已存在该打卡记录。", "scan.no.again"],
  ["扫码后超过两分钟未登录，请重新扫码。", "scan.no.held"],
]);

/** What to do after a refused scan. @param {{status?: number, answer?: object, code?: string, message: string}} error of `call` */
export function advice({ status, answer, code, message }) {
  const known = byDetail.get(code);
  if (known) return t(known);
  const { activity_name: activity, label, from_time: from, to_time: to } = answer ?? {};
  if (code === "打卡时间不在指定的时间范围内。") {
    if (!from) return t("scan.no.time");
    const isEarly = Date.now() < Date.parse(from);
    return t(isEarly ? "scan.no.early" : "scan.no.late", { activity, label, from: when(from), to: when(to) });
  }
  if (code === "您尚未报名该活动，无法进行本次打卡。") return activity ? t("scan.no.enrolled", { activity }) : t("scan.no.enrolled.any");
  if (status === 403) return t("scan.no.faculty");
  if (status === 429) return t("scan.no.many");
  if (status === undefined) return t("scan.no.network");
  return message;
}
