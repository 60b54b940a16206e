// The activities of a faculty: enrol with the activity's own form, and see what is done.
import { $, begin, connect, h, isStaff, session } from "/assets/ui.js";
import { addWords, t } from "/assets/i18n.js";
import { call, offerLogin } from "/assets/campus-calls.js";
import { ActivityCard } from "/assets/activity-card.js";

addWords({
  "activities.title": ["Activities", "活动"],
  "activities.search": ["Search", "搜索"],
  "activities.mine": ["Only those I am enrolled in", "只看我已报名的"],
  "activities.scan": ["Scan a code", "扫码打卡"],
  "activities.more": ["More", "更多"],
  "activities.office": ["Back office", "后台管理"],
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

/** Hears of the reader's enrolments and clock-ins, wherever they were made. */
function follow(id) {
  user ??= hub.subscribe(`campus.user.${id}`, { onEvent: (data) => happened(data), onLive: ({ first }) => first || load() });
}

function happened({ event, activity }) {
  const card = cards.find(({ id }) => id === activity);
  if (event.startsWith("clockin.")) return void card?.load();
  if (!event.startsWith("enrollment.")) return;
  const isEnrolled = event === "enrollment.created";
  card?.enrolled(isEnrolled);
  if ($("mine").checked && isEnrolled !== Boolean(card)) load();
}

async function enter() {
  const login = session.get(), mine = ++turn;
  leave();
  say("");
  $("me").textContent = login?.name ?? "";
  $("login").textContent = t(login ? "logout" : "login");
  $("gate").hidden = Boolean(login);
  $("desk").hidden = !login;
  $("office").hidden = !isStaff();
  if (!login) return;
  try {
    const { id } = await call("/current-user/");
    if (mine !== turn) return;
    follow(id);
    await load();
  } catch (error) {
    if (mine !== turn) return;
    if (error.status === 401) return void enter();
    $("desk").hidden = true;
    say(error.message);
  }
}

let typing = 0;
$("search").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => load(), 250);
});
$("filters").addEventListener("submit", (event) => { event.preventDefault(); load(); });
$("mine").addEventListener("change", () => load());
$("more").addEventListener("click", () => load(true));
offerLogin(hub, enter);
enter();
