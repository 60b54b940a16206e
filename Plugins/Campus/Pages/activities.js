// The activities of a faculty: enrol with the activity's own form, and see what is done.
import { $, askLogin, begin, connect, h, logOut, session } from "/assets/ui.js";
import { addWords, t } from "/assets/i18n.js";
import { call } from "/assets/campus-calls.js";
import { ActivityCard } from "/assets/activity-card.js";

addWords({
  "activities.title": ["Activities", "活动"],
  "activities.search": ["Search", "搜索"],
  "activities.mine": ["Only those I am enrolled in", "只看我已报名的"],
  "activities.scan": ["Scan a code", "扫码打卡"],
  "activities.more": ["More", "更多"],
  "activities.none": ["No activities here.", "暂无活动。"],
});
begin();
let cards = [], page = 1, turn = 0, user = null;
const hub = connect("activities", () => { if (!$("desk").hidden && !session.get()) enter(); });

function say(sentence) {
  $("problem").textContent = sentence;
  $("problem").hidden = !sentence;
}

function leave() {
  for (const card of cards.splice(0)) card.close();
  user?.close();
  user = null;
  $("list").replaceChildren();
}

/** The list from its first page, or one page more. */
async function load(isMore = false) {
  const mine = ++turn;
  page = isMore ? page + 1 : 1;
  const query = new URLSearchParams({ my: $("mine").checked ? "yes" : "no", search: $("search").value, page });
  try {
    const { results, next } = await call(`/activities/?${query}`);
    if (mine !== turn) return;
    if (!isMore) for (const card of cards.splice(0)) card.close();
    cards.push(...results.filter(({ id }) => !cards.some((card) => card.id === id)).map((activity) => new ActivityCard(hub, activity)));
    $("list").replaceChildren(...cards.length ? cards.map((card) => card.node) : [h("li.empty", {}, t("activities.none"))]);
    $("more").hidden = !next;
    say("");
  } catch (error) {
    if (mine !== turn) return;
    if (error.status === 401) return void enter();
    say(error.message);
  }
}

/** Hears of the reader's clock-ins, which nobody has without an enrolment. */
function follow(id) {
  user ??= hub.subscribe(`campus.user.${id}`, {
    onEvent: (data) => { if (data.event === "clockin.recorded") cards.find((card) => card.id === data.activity)?.load(); },
  });
}

async function enter() {
  const login = session.get(), mine = ++turn;
  leave();
  say("");
  $("me").textContent = login?.name ?? "";
  $("login").textContent = t(login ? "logout" : "login");
  $("gate").hidden = Boolean(login);
  $("desk").hidden = !login;
  if (!login) return;
  try {
    const { results } = await call("/enrollments/");
    if (mine !== turn) return;
    if (results.length) follow(results[0].user);
    await load();
  } catch (error) {
    if (mine !== turn) return;
    if (error.status === 401) return void enter();
    $("desk").hidden = true;
    say(error.message);
  }
}

async function logIn() {
  if (!await askLogin({ registers: false })) return;
  hub.reconnect();
  enter();
}

addEventListener("campus.enrolled", ({ detail }) => follow(detail));
let typing = 0;
$("search").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => load(), 250);
});
$("filters").addEventListener("submit", (event) => { event.preventDefault(); load(); });
$("mine").addEventListener("change", () => load());
$("more").addEventListener("click", () => load(true));
$("enter").addEventListener("click", logIn);
$("login").addEventListener("click", async () => {
  if (!session.get()) return logIn();
  await logOut();
  hub.reconnect();
  enter();
});
enter();
