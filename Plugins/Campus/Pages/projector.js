// The code of one clock-in item on a wall. It is never shown longer than it is good.
import { $, api, askLogin, begin, clockTime, connect, h, logOut, session } from "/assets/ui.js";
import { t } from "/assets/i18n.js";
import "/assets/projector-words.js";
import { drawCode } from "/assets/qr-picture.js";

const LATE_MS = 1000; // a push may take this long before the code counts as stale
const AGAIN_MS = 1000, PATIENT_MS = 4000; // between two questions for the code, and for an answer
const MOST_NAMES = 10;
const item = location.pathname.split("/").filter(Boolean).at(-1);

begin();
let code = null, expires = 0, lookUntil = 0, names = [], tried = 0, turn = 0, isLoading = false;
const hub = connect("projector", () => tick());
hub.subscribe(`campus.qr.${item}`, {
  onSnapshot: (qr) => { take(qr); load(); },
  onEvent: (data) => data.event === "qr.rotated" ? take(data) : data.event === "clockin.recorded" ? recorded(data) : data.event === "clockin.confirmed" ? null : load(),
  onError: (error) => refused(error),
});

function say(sentence) {
  $("say").textContent = sentence;
  $("login").textContent = t(session.get() ? "logout" : "login");
}

// The screen tells the server what it shows, so that the staff sees which wall is stale.
const REPORT_MS = 15_000, screenName = sessionStorage["muster.screen"] ||= crypto.randomUUID();
const screens = `/activities/clockins/items/${item}/screens/`;
let reported = null;

function report() {
  if (!code || !session.get()) return;
  reported = $("code").classList.contains("gone") ? null : code.generated_at;
  // Without a network there is no report, and that says enough.
  api(screens, { json: { screen: screenName, generated_at: reported } }).catch(() => {});
}
setInterval(report, REPORT_MS);
addEventListener("pagehide", () => {
  if (code) fetch(`${screens}${screenName}/`, { method: "DELETE", keepalive: true, headers: { token: session.get()?.token ?? "" } }).catch(() => {});
});

function take(qr) {
  const isFirst = !code || reported === null;
  code = qr;
  expires = Date.parse(qr.expires_at);
  drawCode($("code"), qr);
  $("how").textContent = t(qr.is_link ? "projector.how.link" : "projector.how");
  $("screen").hidden = $("side").hidden = false;
  say("");
  tick();
  if (isFirst) report();
}

/** Without a right to the code there is none on the screen, whatever was there before. */
function refused(error) {
  if (error.temporary) return;
  code = null;
  $("screen").hidden = $("side").hidden = true;
  say(t(error.code === 102 ? "projector.missing" : session.get() ? "projector.denied" : "projector.login"));
}

/** What was missed while the connection was away, and what no event tells. */
async function load() {
  const mine = ++turn;
  isLoading = true;
  try {
    const found = await api(`/admin/api/clockins/${item}`);
    if (mine !== turn) return;
    $("activity").textContent = found.activity_name;
    $("label").textContent = found.label;
    document.title = `${found.label} · ${found.activity_name}`;
    names = found.latest;
    look(found.look_closes);
    total(found.records, true);
  } catch (error) {
    if (mine === turn && error.status !== 403) say(error.message);
  }
  if (mine === turn) isLoading = false;
}

/** Asks for a second scan until then. */
function look(closes) {
  lookUntil = closes ? Date.parse(closes) : 0;
  $("look").textContent = closes ? t("projector.look", { time: clockTime(lookUntil) }) : "";
}

function recorded({ fullname, created, total: count }) {
  names = [{ fullname, created }, ...names].slice(0, MOST_NAMES);
  total(count);
  // The answer that is under way may be older than this.
  if (isLoading) load();
}

/** Two scans at the same moment may be told in the other order. */
function total(count, isWhole = false) {
  $("total").textContent = isWhole ? count : Math.max(count, Number($("total").textContent));
  $("names").replaceChildren(...names.slice(0, MOST_NAMES).map(({ fullname, created }) =>
    h("li", {}, h("span", {}, fullname), h("time", {}, clockTime(Date.parse(created))))));
}

/** A wall has nobody who would press a button. A connection that brings no code is as bad as none. */
function care(isStale) {
  const { state } = hub;
  if (!isStale && state !== "waiting" || state === "stopped" || performance.now() - tried < AGAIN_MS) return;
  tried = performance.now();
  seek(isStale);
}

/**
 * Asks for the code by HTTP: browsers hold WebSockets back for seconds after a row of failures.
 * An answer of any kind says that the server is there again.
 */
async function seek(isStale) {
  try {
    const response = await fetch(`/activities/clockins/items/${item}/qr/`, {
      headers: { token: session.get()?.token ?? "" }, signal: AbortSignal.timeout(PATIENT_MS), cache: "no-store" });
    const qr = response.ok ? await response.json() : null;
    if (code && qr?.payload && Date.parse(qr.expires_at) > expires) take(qr);
  } catch {
    return;
  }
  if (hub.state === "waiting" || isStale && hub.state === "live") hub.reconnect();
}

/** Judges by the server's clock; a tab that was asleep is right with the first look. */
function tick() {
  const left = expires - hub.now(), isStale = code !== null && left < -LATE_MS;
  care(isStale);
  $("look").hidden = lookUntil < hub.now();
  if (!code) return;
  $("code").classList.toggle("gone", isStale);
  if (isStale && reported !== null) report();
  $("stale").hidden = !isStale;
  $("ring").hidden = isStale;
  $("stale").textContent = isStale ? t("projector.stale") : "";
  $("seconds").textContent = String(Math.max(0, Math.ceil(left / 1000)));
  $("left").style.strokeDashoffset = String(100 - Math.max(0, Math.min(100, left / code.period / 10)));
}
setInterval(tick, 200);

// The screen stays on while the page can be seen.
let lock = null;
async function stayAwake() {
  tick();
  if (document.visibilityState !== "visible" || lock && !lock.released) return;
  // A browser without it, or one that refuses, shows the page all the same.
  lock = await navigator.wakeLock?.request("screen").catch(() => null) ?? null;
}
for (const event of ["visibilitychange", "pageshow", "focus"]) addEventListener(event, stayAwake, true);
stayAwake();

const full = () => document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
$("full").addEventListener("click", full);
addEventListener("keydown", (event) => {
  const isTyping = event.target.closest?.("input, textarea, dialog");
  if (event.key.toLowerCase() === "f" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping) full();
});
$("login").addEventListener("click", async () => {
  if (!session.get() ? !await askLogin({ registers: false }) : void await logOut()) return;
  hub.reconnect();
});
say(session.get() ? "" : t("projector.login"));
