import { addWords } from "/assets/i18n.js";

addWords({
  "projector.full": ["Full screen (F)", "全屏（F）"],
  "projector.code": ["QR code to clock in", "打卡二维码"],
  "projector.in": ["clocked in", "人已打卡"],
  "projector.how": ["Scan this code with the app. It changes every 25 seconds.", "请用小程序扫码打卡，二维码每 25 秒自动更新。"],
  "projector.how.link": ["Scan this code with the camera of your phone. It changes every 25 seconds.", "请用手机相机扫码打卡，二维码每 25 秒自动更新。"],
  "projector.look": ["Second look: everybody scans once more, until {time}.", "二次确认：请所有人在 {time} 前再次扫码。"],
  "projector.login": ["Log in to show this code.", "请登录后显示二维码。"],
  "projector.denied": ["Only administrators and the staff of this item can show its code.", "仅管理员和该打卡项的打卡员可以显示二维码。"],
  "projector.missing": ["There is no such clock-in item.", "没有该打卡项。"],
  "projector.stale": ["No connection. The code is hidden until it is current again.", "连接已断开，恢复后将显示新的二维码。"],
});
