// Roles of the account that is logged in decide which parts the page has.
import { $, askLogin, begin, connect, empty, isStaff, logOut, session } from "/assets/ui.js";
import { t } from "/assets/i18n.js";
import { call } from "/assets/sign-calls.js";
import { Student } from "/assets/sign-student.js";
import { Teacher } from "/assets/sign-teacher.js";
import { Staff } from "/assets/sign-staff.js";

begin();
let parts = [], turn = 0;
// A login that the hub refuses is forgotten there.
const hub = connect("sign", () => { if (parts.length && !session.get()) enter(); });

function showMe() {
  const login = session.get();
  $("me").textContent = login?.name ?? "";
  $("login").textContent = t(login ? "logout" : "login");
  $("gate").hidden = Boolean(login);
}

function say(sentence) {
  $("problem").textContent = sentence;
  $("problem").hidden = !sentence;
}

function leave() {
  for (const part of parts.splice(0)) part.close();
  empty("open", "history", "history-count", "new", "new-course", "new-classes", "tasks", "task", "courses", "courses-count", "import", "import-answer");
  $("done").hidden = true;
}

async function enter() {
  const mine = ++turn;
  leave();
  say("");
  showMe();
  if (!session.get()) return;
  try {
    const { id, user_type: kind } = await call("/user/info");
    if (mine !== turn) return;
    if (kind === "teacher") parts.push(new Teacher(hub));
    if (kind === "student") parts.push(new Student(hub, id));
    if (isStaff()) parts.push(new Staff());
    if (!parts.length) say(t("sign.nobody"));
  } catch (error) {
    if (mine === turn) say(error.message);
  }
}

async function logIn() {
  if (!await askLogin()) return;
  hub.reconnect();
  enter();
}

$("enter").addEventListener("click", logIn);
$("login").addEventListener("click", async () => {
  if (!session.get()) return logIn();
  turn++;
  leave();
  await logOut();
  // Answers to earlier requests may still be on their way.
  location.reload();
});
// The server does not know this login any more.
addEventListener("sign.out", () => {
  turn++;
  leave();
  showMe();
  say(t("sign.ended.login"));
});
enter();
