// A tablet beside a door: what the room is now, until when, and what comes next. It never shows old data as current.
import { $, askLogin, begin, clockTime, connect, h, logOut, session } from "/assets/ui.js";
import { addWords, t } from "/assets/i18n.js";
import { call } from "/assets/campus-calls.js";
import { facts, isOver, roomOf, slot, span } from "/assets/room-words.js";
import { bookMinutes, giveUp } from "/assets/room-booking.js";

addWords({
  "door.full": ["Full screen (F)", "全屏（F）"],
  "door.free": ["Free", "空闲"],
  "door.busy": ["Busy", "使用中"],
  "door.soon": ["Starting soon", "即将开始"],
  "door.left": ["{span} left", "还剩 {span}"],
  "door.free.for": ["for {span}", "还可使用 {span}"],
  "door.free.day": ["for the rest of the day", "今日再无预约"],
  "door.starts": ["in {span}", "{span}后开始"],
  "door.next": ["Next: {slot} {what}", "下一场：{slot} {what}"],
  "door.next.none": ["Nothing more today", "今日再无预约"],
  "door.book": ["Book {m} min", "预约 {m} 分钟"],
  "door.extend": ["15 min more", "延长 15 分钟"],
  "door.current": ["Up to date", "数据已是最新"],
  "door.old": ["No connection. As of {time}; the room may have changed.", "连接已断开。以下为 {time} 的数据，可能已有变化。"],
  "door.gone": ["No connection since {time}. The state of the room is not known.", "{time} 起连接已断开，无法得知会议室状态。"],
  "door.login": ["Log in to show this room.", "请登录后显示会议室。"],
  "door.missing": ["There is no such room.", "没有该会议室。"],
});

const SOON_MS = 10 * 60_000; // before a booking the door says that it is near
const OLD_MS = 5000; // without a connection, until what is shown counts as old
const GONE_MS = 15 * 60_000; // and until it is not shown at all
const AGAIN_MS = 1000, PATIENT_MS = 4000; // between two connections, and for one that is being made
const CHECK_MS = 60_000, RETRY_MS = 5000; // between two looks at the whole, and after one that failed
const id = Number(location.pathname.split("/").filter(Boolean).at(-1));

begin();
let room = null, confirmed = 0, asked = -Infinity, isFailing = false, isAsking = false, isAgain = false,
  isSubscribed = false, isCurrent = false, turn = 0, isBusy = false, drawn = "", tried = 0, topic = null;
const hub = connect("door", (state) => {
  if (state === "connecting") tried = performance.now();
  if (state !== "live") isSubscribed = isCurrent = false;
  if (!session.get() && topic) enter();
  tick();
});

function say(sentence) {
  $("say").textContent = sentence;
  $("login").textContent = t(session.get() ? "logout" : "login");
}

/** The room anew; what happens while it is asked for makes it be asked once more. */
async function load() {
  if (isAsking) return void (isAgain = true);
  isAsking = true;
  isAgain = false;
  asked = performance.now();
  // An answer that was asked for before the subscription may be older than what it missed.
  const mine = turn, isComplete = isSubscribed;
  try {
    const answer = await call(`/meetingrooms/${id}/`);
    if (mine === turn) {
      room = answer;
      confirmed = hub.now();
      isFailing = false;
      isCurrent = isComplete && isSubscribed;
      say("");
    }
  } catch (error) {
    if (mine === turn) failed(error);
  }
  isAsking = false;
  tick();
  if (isAgain && session.get()) load();
}

function failed(error) {
  isFailing = true;
  isCurrent = false;
  if (error.status === 401) return enter();
  if (error.status === 404) room = null;
  if (error.status === 404 || error.status === 403) say(error.status === 404 ? t("door.missing") : error.message);
}

/** One act at a time; a refusal is said until the next. */
async function act(work) {
  if (isBusy) return;
  isBusy = true;
  $("refused").textContent = "";
  tick();
  try { await work(); } catch (error) { $("refused").textContent = error.message; if (error.status === 401) enter(); }
  isBusy = false;
  load();
}

// Showing

/** What goes on at a moment, from the bookings that are known. */
function judge(now) {
  const known = [room.current, room.next].filter(Boolean), at = (text) => Date.parse(text);
  const current = known.find((entry) => at(entry.reserve_from) <= now && now < at(entry.reserve_to));
  const next = known.find((entry) => at(entry.reserve_from) > now);
  const isSoon = !current && next && at(next.reserve_from) - now <= SOON_MS;
  return { current, next, state: current ? "busy" : isSoon ? "soon" : "free" };
}

const what = (entry) => [entry.title, entry.description].filter(Boolean).join(" · ");
const words = { free: "door.free", busy: "door.busy", soon: "door.soon" };

function remaining({ current, next, state }, now) {
  if (state === "busy") return t("door.left", { span: span(Date.parse(current.reserve_to) - now) });
  if (!next) return t("door.free.day");
  return t(state === "soon" ? "door.starts" : "door.free.for", { span: span(Date.parse(next.reserve_from) - now) });
}

function buttons({ current, next, state }, now) {
  if (state === "busy") {
    return current.mine ? [
      h("button", { "data-key": "extend", onclick: () => act(() => call(`/reservations/${current.id}/extend/`, { json: { minutes: 15 } })) }, t("door.extend")),
      h("button", { "data-key": "end", onclick: () => act(() => giveUp(current, room.name, hub.now())) }, t("booking.end")),
    ] : [];
  }
  const most = next ? Date.parse(next.reserve_from) - now : Infinity;
  return [15, 30, 60].filter((minutes) => minutes * 60_000 <= most)
    .map((minutes) => h("button", { "data-key": `minutes-${minutes}`, onclick: () => act(() => bookMinutes(room, minutes)) }, t("door.book", { m: minutes })));
}

/** A wall has nobody who would press a button. A connection that does not come is made anew. */
function care() {
  const { state } = hub, patience = state === "connecting" ? PATIENT_MS : AGAIN_MS;
  if (state === "live" || state === "stopped" || performance.now() - tried < patience) return;
  tried = performance.now();
  hub.reconnect();
}

function write(node, text) {
  if ($(node).textContent !== text) $(node).textContent = text;
}

/** Judges by the server's clock; a tab that was asleep is right with the first look. */
function tick() {
  const now = hub.now();
  care();
  write("clock", clockTime(now));
  if (session.get() && topic) {
    const pause = isFailing ? RETRY_MS : CHECK_MS;
    if (performance.now() - asked > (room && isOver(room, now) ? Math.min(pause, RETRY_MS) : pause)) load();
  }
  $("screen").hidden = !room;
  if (isCurrent) confirmed = now;
  if (!room) return write("health", "");
  const isOld = now - confirmed > OLD_MS, isGone = now - confirmed > GONE_MS, shown = judge(now);
  $("main").dataset.state = isGone ? "gone" : shown.state;
  $("main").classList.toggle("stale", isOld);
  $("screen").hidden = isGone;
  write("name", room.name);
  write("facts", [room.location, facts(room)].filter(Boolean).join(" · "));
  document.title = `${room.name} · ${t(words[shown.state])}`;
  write("state", t(words[shown.state]));
  write("left", remaining(shown, now));
  write("current", shown.current ? `${slot(shown.current)} ${what(shown.current)}` : "");
  write("next", shown.next ? t("door.next", { slot: slot(shown.next), what: what(shown.next) }) : t("door.next.none"));
  write("health", isGone ? t("door.gone", { time: clockTime(confirmed) }) : isOld ? t("door.old", { time: clockTime(confirmed) }) : t("door.current"));
  const offered = isOld ? [] : buttons(shown, now), key = offered.map((node) => node.dataset.key + (shown.current?.id ?? "")).join();
  if (key !== drawn) $("acts").replaceChildren(...offered);
  drawn = key;
  for (const button of $("acts").children) button.disabled = isBusy;
}
setInterval(tick, 1000);

function enter() {
  turn++;
  topic?.close();
  topic = room = null;
  isFailing = isSubscribed = isCurrent = false;
  $("refused").textContent = "";
  $("main").classList.remove("stale");
  delete $("main").dataset.state;
  for (const node of ["name", "facts"]) write(node, "");
  say(session.get() ? "" : t("door.login"));
  if (session.get()) {
    topic = hub.subscribe("campus.rooms", {
      onEvent: (event) => { if (roomOf(event) === id) load(); },
      onLive: () => { isSubscribed = true; load(); },
      onError: () => { isSubscribed = isCurrent = false; },
    });
    load();
  }
  tick();
}

// The screen stays on while the page can be seen.
let lock = null;
async function stayAwake() {
  tick();
  if (document.visibilityState !== "visible" || lock && !lock.released) return;
  // A browser without it, or one that refuses, shows the page all the same.
  lock = await navigator.wakeLock?.request("screen").catch(() => null) ?? null;
}
for (const event of ["visibilitychange", "pageshow", "focus"]) addEventListener(event, stayAwake, true);

const full = () => document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
$("full").addEventListener("click", full);
addEventListener("keydown", (event) => {
  const isTyping = event.target.closest?.("input, textarea, dialog");
  if (event.key.toLowerCase() === "f" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping) full();
});
$("login").addEventListener("click", async () => {
  if (!session.get() ? !await askLogin({ registers: false, keeps: true }) : void await logOut()) return;
  hub.reconnect();
  enter();
});
enter();
stayAwake();
