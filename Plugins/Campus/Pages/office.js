// The back office of activities: for administrators all of them, for the staff of an item its roll.
import { $, begin, connect, h, isStaff, session, soon } from "/assets/ui.js";
import { t } from "/assets/i18n.js";
import { offerLogin, when } from "/assets/campus-calls.js";
import { attempt, office } from "/assets/office-calls.js";
import { ActivityForm } from "/assets/office-activity.js";
import { ItemList } from "/assets/office-items.js";
import { EnrollmentList } from "/assets/office-enrollments.js";
import { Roll } from "/assets/office-roll.js";
import { History } from "/assets/office-history.js";
import { Screens } from "/assets/office-screens.js";

begin();
const hub = connect("office", () => { if (!$("desk").hidden && !session.get()) enter(); });
let activities = [], page = 1, turn = 0, chosen = null, part = null, screens = null;

const TABS = {
  details: ["office.tab.details", () => new ActivityForm(chosen, changed)], items: ["office.tab.items", () => new ItemList(chosen, showRoll)],
  enrollments: ["office.tab.enrollments", () => new EnrollmentList(chosen)], history: ["office.tab.history", () => new History(chosen)],
};

/** Shows a part of the work; the one before stops listening. */
function show(name, make = TABS[name][1]) {
  part?.close?.();
  part = make();
  const tabs = chosen?.id && Object.entries(TABS).map(([key, [words]]) => h("button", { role: "tab", "aria-selected": String(key === name), onclick: () => show(key) }, t(words)));
  $("work").replaceChildren(...chosen?.id ? [h("h2", {}, chosen.name), h("div.tabs", { role: "tablist" }, ...tabs)] : [], part.node);
}

function rest(key) {
  part?.close?.();
  part = null;
  $("work").replaceChildren(h("section.card", {}, h("p.empty", {}, t(key))));
}

const showRoll = (item) => show("items", () => new Roll(hub, item));

function choose(activity) {
  chosen = activity;
  drawList();
  show("details");
}

/** An activity was saved, made or deleted. */
function changed(activity) {
  chosen = activity;
  if (!activity) rest("office.choose");
  else if (!activities.some(({ id }) => id === activity.id)) show("details");
  load();
}

function drawList() {
  $("list").replaceChildren(...activities.map((one) => h("li", {}, h("button", { "data-activity": one.id, "aria-current": one.id === chosen?.id && "true", onclick: () => choose(one) },
    one.name, h("small", {}, when(one.time_start))))));
}

async function load(isMore = false) {
  const mine = ++turn;
  page = isMore ? page + 1 : 1;
  await attempt(async () => {
    const { results, next } = await office(`activities/?${new URLSearchParams({ search: $("find").value, page })}`);
    if (mine !== turn) return;
    activities = isMore ? activities.concat(results) : results;
    $("more").hidden = !next;
    drawList();
  });
}

async function loadItems() {
  await attempt(async () => {
    const items = await office("clockins/");
    $("items").replaceChildren(...items.length ? items.map((item) => h("li", {}, h("button", { "data-item": item.id, onclick: () => showRoll(item.id) }, item.label, h("small", {}, when(item.from_time)))))
      : [h("li.muted", {}, t("office.nothing"))]);
  });
}

function enter() {
  const login = session.get(), isOffice = isStaff();
  turn++;
  screens?.close();
  screens = null;
  chosen = null;
  activities = [];
  for (const id of ["list", "items"]) $(id).replaceChildren();
  $("problem").hidden = true;
  $("me").textContent = login?.name ?? "";
  $("login").textContent = t(login ? "logout" : "login");
  $("gate").hidden = Boolean(login);
  $("desk").hidden = !login;
  $("activities").hidden = !isOffice;
  $("mine").hidden = isOffice;
  rest(isOffice ? "office.choose" : "office.choose.item");
  if (!login) return;
  if (!isOffice) return void loadItems();
  screens = new Screens(hub);
  load();
}

$("find").addEventListener("input", soon(() => load(), 250));
$("new").addEventListener("click", () => choose(null));
$("more").addEventListener("click", () => load(true));
offerLogin(hub, enter);
enter();
