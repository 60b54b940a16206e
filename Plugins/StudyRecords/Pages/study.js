// The login decides which part of the page is shown; the topics keep it current.
import "/assets/study-words.js";
import { $, askLogin, begin, connect, empty, logOut, session } from "/assets/ui.js";
import { t } from "/assets/i18n.js";
import { call } from "/assets/study-calls.js";
import { Hours } from "/assets/study-hours.js";
import { askToJoin } from "/assets/study-join.js";
import { Records } from "/assets/study-records.js";
import { Timer } from "/assets/study-timer.js";

begin();
let turn = 0, topics = [], open = new Map();
const timer = new Timer(report), hours = new Hours(report), records = new Records(report);
const hub = connect("study", () => { if (topics.length && !session.get()) enter(); });

function say(sentence = "") {
  $("problem").textContent = sentence;
  $("problem").hidden = !sentence;
}

/** A login that the server does not know any more ends here, too. */
function report(error) {
  if (error.status === 401 && session.get()) {
    session.clear();
    enter();
    return say(t("study.ended"));
  }
  say(error.message);
}

function show(part) {
  const login = session.get();
  $("me").textContent = login?.name ?? "";
  $("login").textContent = t(login ? "logout" : "login");
  for (const id of ["gate", "visitor", "desk"]) $(id).hidden = id !== part;
  if (part !== "desk") empty("records", "count", "weeks", "this-week", "calendar", "month", "since");
}

function showLive({ studying: n }) {
  const text = n === 0 ? t("study.live.none") : n === 1 ? t("study.live.one") : t("study.live.many", { n });
  for (const node of document.querySelectorAll(".live:not(.dot)")) node.textContent = text;
}

function showOpen() { timer.show([...open.values()].sort((a, b) => a.id - b.id)); }

function follow(id) {
  topics.push(hub.subscribe("study.live", { onSnapshot: showLive, onEvent: showLive }));
  if (!id) return;
  topics.push(hub.subscribe(`study.user.${id}`, {
    onSnapshot: (studys) => {
      open = new Map(studys.map((study) => [study.id, study]));
      showOpen();
      // After a loss of the connection anything may have changed.
      records.load(id);
      hours.load();
    },
    onEvent: ({ event, study }) => {
      if (event === "study.started") open.set(study.id, study);
      else open.delete(study.id);
      showOpen();
      records.put(study);
      if (event === "study.finished") hours.load();
      say();
    },
  }));
}

async function enter() {
  const mine = ++turn;
  for (const topic of topics.splice(0)) topic.close();
  open = new Map();
  say();
  if (!session.get()) return show("gate");
  try {
    const { url } = await call("users/myself");
    if (mine !== turn) return;
    show("desk");
    follow(Number(url.split("/").pop()));
  } catch (error) {
    if (mine !== turn) return;
    // No student, or an account that waits for its confirmation.
    if (![403, 404].includes(error.status)) return report(error);
    show("visitor");
    follow(0);
  }
}

async function come(ask) {
  if (!await ask()) return;
  hub.reconnect();
  enter();
}

$("enter").addEventListener("click", () => come(askLogin));
$("join").addEventListener("click", () => come(askToJoin));
$("login").addEventListener("click", async () => {
  if (!session.get()) return come(askLogin);
  turn++;
  await logOut();
  // Answers to earlier requests may still be on their way.
  location.reload();
});
enter();
