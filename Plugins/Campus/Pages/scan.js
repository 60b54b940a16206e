// Clock in with the code on a screen: by the camera, by a link that another app opened, or by its text.
import { $, askLogin, begin, connect, h, logOut, session } from "/assets/ui.js";
import { t } from "/assets/i18n.js";
import { call } from "/assets/campus-calls.js";
import { advice } from "/assets/scan-words.js";
import { Camera } from "/assets/scan-camera.js";

begin();
// Tells phones apart, not people: the staff sees when one phone clocked in several.
const device = localStorage["muster.device"] ||= crypto.randomUUID();
const hub = connect("scan");
const camera = new Camera($("camera"), (text) => clockIn(text));
let isBusy = false, until = 0;

function showMe() {
  $("me").textContent = session.get()?.name ?? "";
  $("login").textContent = t(session.get() ? "logout" : "login");
}

function answer(sentence, isRefused, ...more) {
  $("answer").replaceChildren(sentence, ...more);
  $("answer").classList.toggle("refused", isRefused);
  $("answer").hidden = false;
}

/** One thing at a time; a refusal says what to do. */
async function attempt(work) {
  if (isBusy) return;
  isBusy = true;
  try {
    await work();
  } catch (error) {
    if (error.status === 401 && !session.get()) return void showMe();
    const isUnknown = error.answer?.activity && error.code?.startsWith("您尚未报名");
    answer(advice(error), true, ...isUnknown ? [" ", h("a", { href: "/faculty/activities" }, t("scan.enrol"))] : []);
    showMe();
  } finally {
    isBusy = false;
  }
}

function done({ label, activity_name: activity }) {
  release();
  answer(t("scan.done", { label, activity }), false);
  $("text").value = "";
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(80);
  stop();
}

/** @param {boolean} asks a person is to confirm who it counts for: another app has brought the code */
async function clockIn(key, asks = false) {
  if (!key) return;
  if (asks || !session.get()) return hold(key);
  await attempt(async () => {
    try {
      done(await call("/activities/clockins/", { json: { key, device, explain: true } }));
    } catch (error) {
      if (error.status !== 401) throw error;
      // The login has ended. The scan counts all the same.
      isBusy = false;
      await hold(key);
    }
  });
}

// A scan before the login

async function hold(key) {
  let isHeld = false;
  await attempt(async () => {
    const { label, activity_name: activity, seconds } = await call("/activities/scans/held", { json: { key, explain: true } });
    until = Date.now() + seconds * 1000;
    $("held-what").textContent = t("scan.held", { label, activity });
    $("held").hidden = false;
    $("answer").hidden = true;
    showHeld();
    isHeld = true;
  });
  if (isHeld && !session.get()) await claim();
}

function showHeld() {
  const seconds = Math.ceil((until - Date.now()) / 1000), login = session.get();
  if (!until) return;
  if (seconds <= 0) {
    release();
    return answer(t("scan.no.held"), true);
  }
  $("held-note").textContent = t(login ? "scan.held.me" : "scan.held.login", { seconds });
  $("claim").textContent = login ? t("scan.as", { name: login.name }) : t("login");
  $("other").hidden = !login;
}

function release() {
  until = 0;
  $("held").hidden = true;
}

async function claim() {
  if (!session.get() && !await logIn()) return;
  await attempt(async () => done(await call("/activities/scans/claimed", { json: { device, explain: true } })));
}

/** A phone is one person's: its login is kept, so that the next scan is one tap. */
async function logIn() {
  const isIn = await askLogin({ registers: false, keeps: matchMedia("(pointer: coarse)").matches });
  if (isIn) hub.reconnect();
  showMe();
  showHeld();
  return isIn;
}

async function leave() {
  await logOut();
  hub.reconnect();
  showMe();
  showHeld();
}

// The camera

function stop() {
  camera.stop();
  $("start").hidden = !canRead;
}

async function start() {
  try {
    await camera.start();
    $("start").hidden = true;
  } catch {
    camera.stop();
    $("camera-note").textContent = t("scan.blocked");
  }
}

let canRead = false;
async function offerCamera() {
  canRead = await Camera.canRead();
  $("camera-card").hidden = false;
  $("start").hidden = !canRead;
  if (!canRead) $("camera-note").textContent = t("scan.none");
  else if (!until && await Camera.isAllowed()) start();
}

/** The picture of a code can be a link to this page; the code does not stay in the history. */
function takeLink() {
  const key = location.hash.slice(1).replace(/%(2B|2F|3D)/gi, decodeURIComponent);
  if (!key) return;
  history.replaceState(null, "", location.pathname + location.search);
  clockIn(key, true);
}

$("start").addEventListener("click", start);
addEventListener("pagehide", stop);
addEventListener("hashchange", takeLink);
$("claim").addEventListener("click", claim);
$("other").addEventListener("click", async () => { await leave(); claim(); });
$("paste").addEventListener("submit", (event) => {
  event.preventDefault();
  clockIn($("text").value.trim());
});
$("login").addEventListener("click", () => session.get() ? leave() : logIn());
setInterval(showHeld, 500);
showMe();
takeLink();
offerCamera();
