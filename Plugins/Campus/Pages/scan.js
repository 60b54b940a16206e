// Clock in with the code on a screen: by the camera, or by its text.
import { $, askLogin, begin, connect, logOut, session } from "/assets/ui.js";
import { addWords, t } from "/assets/i18n.js";
import { call } from "/assets/campus-calls.js";

addWords({
  "scan.title": ["Clock in", "扫码打卡"],
  "scan.start": ["Start the camera", "打开摄像头"],
  "scan.point": ["Point the camera at the code on the screen.", "请将摄像头对准屏幕上的二维码。"],
  "scan.none": ["This browser cannot read codes. Scan with another app and paste the text below.", "此浏览器无法识别二维码，请用其他应用扫码后粘贴文本。"],
  "scan.refused": ["The camera is not available. Allow it in the browser, or paste the text below.", "无法使用摄像头，请在浏览器中允许，或粘贴文本。"],
  "scan.text": ["Or paste the text of the code", "或粘贴二维码文本"],
  "scan.send": ["Clock in", "打卡"],
  "scan.back": ["My activities", "我的活动"],
  "scan.done": ["{label}: you have clocked in at {activity}.", "打卡成功：{activity}，{label}。"],
});
begin();

const LOOK_MS = 150, SAME_MS = 5000;
const hub = connect("scan");
let stream = null, last = "", lastAt = 0, isBusy = false;

function showMe() {
  $("me").textContent = session.get()?.name ?? "";
  $("login").textContent = t(session.get() ? "logout" : "login");
}

function answer(sentence, isRefused) {
  $("answer").textContent = sentence;
  $("answer").classList.toggle("refused", isRefused);
  $("answer").hidden = false;
}

/** A login is asked for first: the code may change while somebody types, but it is judged when it arrives. */
async function clockIn(key) {
  if (isBusy || !key) return;
  isBusy = true;
  try {
    if (!session.get() && !await logIn()) return;
    const { label, activity_name: activity } = await call("/activities/clockins/", { json: { key } });
    answer(t("scan.done", { label, activity }), false);
    $("text").value = "";
    navigator.vibrate?.(80);
    stop();
  } catch (error) {
    answer(error.message, true);
    showMe();
  } finally {
    isBusy = false;
  }
}

async function logIn() {
  const isIn = await askLogin({ registers: false });
  if (isIn) hub.reconnect();
  showMe();
  return isIn;
}

function stop() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  delete $("camera").dataset.on;
  $("start").hidden = false;
}

async function start() {
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    $("camera-note").textContent = t("scan.refused");
    return;
  }
  $("start").hidden = true;
  $("camera").dataset.on = "";
  $("camera").srcObject = stream;
  await $("camera").play();
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  const look = async () => {
    if (!stream) return;
    const [found] = await detector.detect($("camera")).catch(() => []);
    const text = found?.rawValue;
    // The camera sees the same code many times a second.
    if (text && (text !== last || Date.now() - lastAt > SAME_MS)) {
      [last, lastAt] = [text, Date.now()];
      await clockIn(text);
    }
    setTimeout(look, LOOK_MS);
  };
  look();
}

async function offerCamera() {
  const kinds = await globalThis.BarcodeDetector?.getSupportedFormats?.().catch(() => []) ?? [];
  const isThere = kinds.includes("qr_code") && navigator.mediaDevices;
  $("camera-card").hidden = false;
  $("start").hidden = !isThere;
  if (!isThere) $("camera-note").textContent = t("scan.none");
}

$("start").addEventListener("click", start);
addEventListener("pagehide", stop);
$("paste").addEventListener("submit", (event) => {
  event.preventDefault();
  clockIn($("text").value.trim());
});
$("login").addEventListener("click", async () => {
  if (!session.get()) return void logIn();
  await logOut();
  hub.reconnect();
  showMe();
});
showMe();
offerCamera();
