import { $, age, api, askLogin, begin, clockTime, connect, dateName, dayOf, duration, explain, h, isElsewhere, session, soon, zone } from "/assets/ui.js";
import { language, t } from "/assets/i18n.js";
import { dayChart } from "/assets/chart.js";
import { showFreeRooms } from "/assets/free-rooms.js";

const MOVES = 12, MOST = 240, GLOW_MS = 4000;

begin();
const asked = new URLSearchParams(location.search);
const UNKNOWN = "–";
/** Who is in the lab: student number → person; null while that is not known. @type {Map<string, object>|null} */
let present = null;
/** Chat rooms: name → seats taken; null while they are not known. @type {Map<string, number>|null} */
let rooms = null;
/** The day's curve; null while it is not known. @type {[number, number][]|null} */
let points = null;
/** The most people at the end of any second before the last change, and that change. */
let peak = 0, latest = { second: 0, people: 0 };
/** What happened, newest first; null while it is not known. @type {object[]|null} */
let moves = null;
/** Grade → its list and its subscription. */
const grades = new Map();

const hub = connect("dashboard");
showFreeRooms(hub);
const set = (id, text) => { $(id).textContent = text; };

// Who is in the lab

const lab = hub.subscribe("checkin.presence", {
  onSnapshot: (snapshot) => takePresent(snapshot.data ?? snapshot),
  onEvent: (data, frame) => moved(data, frame.ts),
  onStale: (ms) => grow(ms),
  onLive: () => {
    grow(0);
    $("bar").hidden = true;
    lock(false);
    loadDay();
    if (!moves) loadMoves();
  },
  onError: refused,
});

/** Asks the lab, which answers a refusal with 200 and `flag: false`. */
async function ask(path) {
  const answer = await api(path);
  if (answer.flag === false) throw new Error(answer.msg ?? t("error.103"));
  return answer;
}

function takePresent(users) {
  present = new Map(users.map((user) => [user.studentid, { ...user, since: user.startedAt }]));
  showPresent();
}

const moveTexts = { "checkin.in": "board.in", "checkin.out": "board.out", "checkin.auto_out": "board.auto", "checkin.reported": "board.reported" };

function moved({ event, user, recordtime }, ts) {
  if (event === "checkin.week_reset") return void [...grades.keys()].forEach((grade) => showRank(grade, []));
  if (!moveTexts[event] || !present) return;
  if (event === "checkin.in") present.set(user.studentid, { ...user, since: user.startedAt, arrived: Date.now() });
  else present.delete(user.studentid);
  if (points) addPoint((event === "checkin.in" ? user.startedAt : user.endedAt) / 1000, present.size);
  addMove({ event, user, recordtime, ts });
  showPresent();
  showDay();
}

const showPresent = soon(() => {
  if (!present) return $("present").replaceChildren(), set("here", UNKNOWN);
  const people = [...present.values()].sort((a, b) => b.since - a.since), rest = people.length - MOST;
  set("here", people.length.toLocaleString(language));
  $("present").classList.toggle("dense", people.length > 12);
  $("present").replaceChildren(...people.slice(0, MOST).map(personView));
  if (rest > 0) $("present").append(h("li.muted", {}, t("board.more", { n: rest })));
  if (!people.length) $("present").append(h("li.empty", {}, t("board.nobody")));
}, 250);

function personView(user) {
  const glowing = user.arrived > Date.now() - GLOW_MS;
  const node = h(glowing ? "li.new" : "li", { title: user.studentid }, h("div.who", {}, h("b", {}, user.name),
    h("time", { "data-since": user.since }, user.since === null ? UNKNOWN : duration(hub.now() - user.since))));
  if (glowing) node.style.animationDelay = `${user.arrived - Date.now()}ms`; // goes on where the last drawing stopped
  return node;
}

function count() {
  const now = hub.now();
  for (const node of $("present").querySelectorAll("time[data-since]")) node.textContent = duration(now - Number(node.dataset.since));
  set("clock", clockTime(now));
  set("date", dateName(now) + (isElsewhere(now) ? ` · ${zone}` : ""));
}

// Who came and went

function addMove(move) {
  moves = [move, ...moves ?? []].slice(0, MOVES);
  showMoves();
}

const showMoves = soon(() => {
  if (!moves) return $("ticker").replaceChildren();
  $("ticker").replaceChildren(...moves.map(({ event, user, recordtime, ts }) => {
    const came = event === "checkin.in";
    return h("li", {}, h("time", {}, clockTime(ts)), h(came ? "span.arrow.in" : "span.arrow.out", { "aria-hidden": "true" }, came ? "→" : "←"),
      h("span", {}, h("b", {}, user.name), " ", t(moveTexts[event], { n: recordtime ?? "?" })));
  }));
  if (!moves.length) $("ticker").append(h("li.empty", {}, t("board.quiet")));
}, 250);

/** What happened before this page was opened. */
async function loadMoves() {
  try {
    const { events } = await lab.history({ limit: MOVES });
    moves = [];
    for (const { data, ts } of events) if (moveTexts[data.event]) addMove({ ...data, ts });
    showMoves();
  } catch { /* the list fills from now on, and the next connection asks again */ }
}

// The day and the ranks

/** Counts as the server does: the curve by the end of each minute, its peak by that of each second. */
function addPoint(second, people) {
  const minute = Math.floor(second / 60) * 60;
  if (points.at(-1)?.[0] >= minute) points.at(-1)[1] = people;
  else points.push([minute, people]);
  if (second !== latest.second) peak = Math.max(peak, latest.people);
  latest = { second, people };
}

let loadedDay = "";

async function loadDay() {
  try {
    const day = await ask("/checkin/day");
    points = day.points;
    peak = day.peak;
    latest = { second: 0, people: 0 };
    loadedDay = dayOf(hub.now());
    follow(asked.get("grades")?.split(",") ?? day.grades);
  } catch { // the chart is an extra: the people are what counts
    points = null;
    follow(asked.get("grades")?.split(",") ?? []);
  }
  showDay();
}

const showDay = soon(() => {
  if (!points) return $("chart").replaceChildren(h("p.empty", {}, UNKNOWN)), set("peak", "");
  const most = Math.max(peak, latest.people);
  set("peak", t("board.peak", { n: most }));
  const width = $("chart").clientWidth, wall = document.documentElement.classList.contains("wall");
  const height = wall ? innerHeight * .17 : Math.min(220, Math.max(130, width / 4));
  $("chart").replaceChildren(dayChart(points, { width, height, now: hub.now() }, t("board.day.label", { n: points.at(-1)?.[1] ?? 0, max: most })));
}, 1000);

function follow(wanted) {
  for (const user of present?.values() ?? []) if (!asked.has("grades")) wanted = [...wanted, user.studentid.slice(0, 2)];
  for (const grade of new Set(wanted)) {
    if (!/^\d{1,10}$/.test(grade) || grades.has(grade)) continue;
    const list = h("ol", {}, h("li.muted", {}, UNKNOWN));
    grades.set(grade, { list, topic: hub.subscribe(`checkin.grade.${grade}`, {
      onSnapshot: (snapshot) => showRank(grade, snapshot.data ?? snapshot),
      onEvent: ({ event, top }) => { if (event === "checkin.rank") showRank(grade, top); },
      onError: () => list.replaceChildren(h("li.muted", {}, UNKNOWN)),
    }) });
  }
  const sorted = [...grades].sort(([a], [b]) => a.localeCompare(b));
  $("ranks").replaceChildren(...sorted.map(([grade, { list }]) => h("section", {}, h("h3", {}, t("board.grade", { grade })), list)));
}

function showRank(grade, users) {
  // Nobody is a leader who was not there yet this week.
  const rows = users.filter((user) => user.weekTime > 0).map((user, index) => h("li", {}, h("span.place", {}, String(index + 1)), h("b", {}, user.name),
    h("span", {}, t("board.hours", { n: user.weekTime.toFixed(2) }))));
  grades.get(grade)?.list.replaceChildren(...(rows.length ? rows : [h("li.muted", {}, t("board.norank"))]));
}

// Counters

/** Whoever only looks, as every screen on a wall does, is no person that is counted. */
function showCounts({ accounts, guests }) {
  if (accounts === undefined) return;
  set("online", accounts.toLocaleString(language));
  set("online-what", t("board.online", { n: accounts }));
  $("online-what").title = t("board.guests", { n: guests });
}
hub.subscribe("hub.stats", { onSnapshot: showCounts, onEvent: showCounts, onError: () => set("online", UNKNOWN) });

hub.subscribe("chat.rooms", {
  onSnapshot: (snapshot) => takeRooms(snapshot.room_list ?? snapshot),
  onEvent: ({ event, name, population }) => {
    if (event === "room.released") rooms?.delete(name);
    else rooms?.set(name, population);
    showRooms();
  },
  onError: async () => { takeRooms(await api("/chatroom/list").then(({ room_list }) => room_list, () => null)); },
});

/** @param {{name: string, population: number}[]|null|undefined} list none if the server does not tell */
function takeRooms(list) {
  rooms = list ? new Map(list.map(({ name, population }) => [name, population])) : null;
  showRooms();
}

const showRooms = soon(() => {
  set("rooms-what", t("board.rooms", { n: rooms?.size }));
  set("room-count", rooms ? rooms.size.toLocaleString(language) : UNKNOWN);
  set("talking", rooms ? [...rooms.values()].reduce((sum, people) => sum + people, 0).toLocaleString(language) : UNKNOWN);
});

// How old what is shown is

function grow(ms) {
  document.documentElement.classList.toggle("stale", ms > 3000);
  set("age", ms > 3000 ? t("age", { age: age(ms) }) : "");
}

/** Without the right to look, nothing on this page is known any more, and nothing of before may stay. */
function refused(error) {
  if (error.temporary) return;
  present = points = moves = null;
  for (const { topic } of grades.values()) topic.close();
  grades.clear();
  $("ranks").replaceChildren();
  showPresent();
  showMoves();
  showDay();
  const mayHelp = error.code === 101 || error.code === 103;
  lock(mayHelp);
  $("bar").textContent = explain(error);
  $("bar").hidden = mayHelp;
}

/** Shows one sentence and a way in instead of the lists that may not be seen. */
function lock(isLocked) {
  const login = session.get();
  document.documentElement.classList.toggle("locked", isLocked);
  $("locked").hidden = !isLocked;
  set("locked-what", t(login ? "board.locked.other" : "board.locked"));
  set("locked-why", t(login ? "board.locked.other.lead" : "board.locked.lead"));
  $("login").hidden = Boolean(login) || lab.live || isLocked;
}

async function logIn() {
  if (await askLogin()) hub.reconnect();
}
for (const id of ["login", "unlock"]) $(id).addEventListener("click", logIn);

// The form

const ANSWER_MS = 5000, TWICE_MS = 3000;
const REFUSED = "未授权"; // one code stands for both "closed" and "not yours"
/** @type {Record<number, [string, string]>} code → class and sentence */
const answers = {
  20011: ["good", "board.welcome"], 20021: ["good", "board.goodbye"], 20050: ["bad", "board.here.already"], 20060: ["bad", "board.not.here"],
  20070: ["bad", "board.unknown"], 20080: ["bad", "board.unknown"], 20010: ["bad", "board.closed"], 20020: ["bad", "board.closed"],
};
let answerTimer = 0, busy = false, last = { number: "", at: 0 };

function sayAnswer(kind, sentence) {
  $("answer").className = kind;
  set("answer", sentence);
  clearTimeout(answerTimer);
  answerTimer = setTimeout(() => set("answer", ""), ANSWER_MS);
}

/** `2 h 10 min`. @param {string} hours with two decimals */
function stay(hours) {
  const minutes = Math.round(Number(hours) * 60), h = Math.floor(minutes / 60), m = minutes % 60;
  return h ? t("board.stay", { h, m }) : m ? t("board.stay.short", { m }) : t("board.stay.none");
}

const post = (action, number) => api(`/${action}?studentid=${encodeURIComponent(number)}`, { method: "POST" });

/** Sends the form. @param {"login"|"logout"|null} wanted null for what is right for this person now */
async function act(wanted) {
  const number = $("number").value.trim();
  // Card readers often read twice.
  const isRepeated = !wanted && number === last.number && Date.now() - last.at < TWICE_MS;
  if (!number || busy || isRepeated) return void $("number").select();
  busy = true;
  try {
    let result = await post(wanted ?? (present?.has(number) ? "logout" : "login"), number);
    // The list on this page may be old; the answer of the server decides.
    if (!wanted && result.code === 20050) result = await post("logout", number);
    else if (!wanted && result.code === 20060) result = await post("login", number);
    answer(number, result);
  } catch (problem) {
    sayAnswer("bad", problem.message);
  }
  last = { number, at: Date.now() };
  busy = false;
  $("number").focus();
}

function answer(number, { flag, code, msg, data, recordtime }) {
  const [kind, key] = msg === REFUSED ? ["bad", "board.refused"] : answers[code] ?? ["bad", "board.failed"];
  sayAnswer(kind, t(key, { name: data?.name ?? number, number, time: clockTime(hub.now()), stay: recordtime ? stay(recordtime) : "" }));
  if (flag) $("number").value = "";
  else $("number").select();
}

$("kiosk").addEventListener("submit", (event) => {
  event.preventDefault();
  act(null);
});
for (const button of $("kiosk").querySelectorAll("button")) {
  button.addEventListener("click", () => $("kiosk").reportValidity() && act(button.value));
}

// The wall

function wall(on) {
  document.documentElement.classList.toggle("wall", on);
  if (!on && document.fullscreenElement) document.exitFullscreen();
}
$("wall").addEventListener("click", () => {
  wall(true);
  document.documentElement.requestFullscreen?.().catch(() => {}); // refused: then large type alone
});
$("leave").addEventListener("click", () => wall(false));
document.addEventListener("fullscreenchange", () => { if (!document.fullscreenElement) wall(false); });
document.addEventListener("keydown", (event) => { if (event.key === "Escape") wall(false); });
if (asked.has("wall")) wall(true);

count();
setInterval(count, 1000);
setInterval(() => (loadedDay && loadedDay !== dayOf(hub.now()) ? loadDay() : showDay()), 60_000);
new ResizeObserver(showDay).observe($("chart"));
