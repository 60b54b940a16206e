import { $, age, api, askLogin, begin, connect, empty, h, isStaff, logOut, session, soon } from "/assets/ui.js";
import { t } from "/assets/i18n.js";

const EVERY_MS = 5_000, SHOWN = 200;
const ASK = { method: "POST" };

begin();
const hub = connect("admin", () => showMe());
hub.subscribe("hub.stats", { onSnapshot: showCounts, onEvent: showCounts });

const post = (path, json = {}) => api(`/api/v1/${path}`, { ...ASK, json });
let found = [], trail = [];
const isAdmin = () => session.get()?.roles?.includes("admin");

/** Who is logged in, and the desk or the door. */
function showMe() {
  const login = session.get();
  $("me").textContent = login?.name ?? "";
  $("login").textContent = t(login ? "logout" : "login");
  $("gate").hidden = isStaff();
  $("desk").hidden = !isStaff();
  $("gate-lead").textContent = t(login ? "admin.gate.other" : "admin.gate.lead");
  if (!isStaff()) closeDesk();
}

/** Nothing of the desk stays in a page that somebody else may look at next. */
function closeDesk() {
  [found, trail] = [[], []];
  empty("plugins", "connections", "topics", "accounts", "audit", "connections-count", "topics-count", "accounts-count");
}

function changed() {
  hub.reconnect();
  showMe();
  lookAll();
}

/** Accounts of the staff are made by the staff, so that none is offered here. */
async function logIn() { if (await askLogin({ registers: false })) changed(); }

$("login").addEventListener("click", async () => {
  if (!session.get()) return logIn();
  await logOut();
  // Answers to earlier requests may still be on their way.
  location.reload();
});
$("gate-login").addEventListener("click", logIn);

/** Asks before something that cannot be taken back. @returns {Promise<boolean>} */
function sure(question, verb) {
  return new Promise((resolve) => {
    const dialog = h("dialog", { "aria-label": question, onclose: () => { dialog.remove(); resolve(dialog.returnValue === "yes"); } },
      h("form.form", { method: "dialog" }, h("p", {}, question), h("div.row", {},
        h("button.primary", { value: "yes" }, verb), h("button", { value: "no", autofocus: true }, t("cancel")))));
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Does something; what goes wrong is said above the page, and what is shown is read anew. */
async function attempt(work, look) {
  try {
    await work();
    $("problem").hidden = true;
    await look?.();
  } catch (error) {
    if (error.status === 401 && session.get()) {
      session.clear();
      showMe();
    }
    $("problem").textContent = error.status === 403 ? t("error.103") : error.message;
    $("problem").hidden = false;
  }
}

/** A table; a row is a list of cells, texts or nodes. */
function show(id, headings, rows) {
  $(id).replaceChildren(rows.length === 0 ? h("p.empty", {}, t("docs.nothing")) : h("table", {},
    h("thead", {}, h("tr", {}, ...headings.map((key) => h("th", { scope: "col" }, key && t(key))))),
    h("tbody", {}, ...rows.map((cells) => h("tr", {}, ...cells.map((cell) => h("td", {}, cell ?? "")))))));
}

function showCounts(counts) {
  if (counts.accounts !== undefined) $("counts").textContent = t("admin.counts", counts);
  lookSoon();
}

// The four tables

const NUMBERS = {
  running: "admin.running", failures: "admin.failures", refusals: "admin.refusals", timeouts: "admin.timeouts", failed_jobs: "admin.jobs",
};

async function lookPlugins() {
  // Not ready is an answer, too.
  const { detail } = await fetch("/ready", { headers: { token: session.get()?.token ?? "" } }).then((answer) => answer.json());
  const plugins = Object.entries(detail).filter(([name]) => name.startsWith("plugin."));
  show("plugins", ["admin.plugin", ...Object.values(NUMBERS)],
    plugins.map(([name, numbers]) => [h("b", {}, name.slice(7)), ...Object.keys(NUMBERS).map((key) =>
      h(numbers[key] > 0 && key !== "running" ? "span.bad" : "span", {}, String(numbers[key] ?? "–")))]));
}

async function lookConnections() {
  const { connections } = await post("connections", { matching: $("connections-find").value.trim(), limit: SHOWN });
  $("connections-count").textContent = counted(connections.length);
  show("connections", ["admin.who", "admin.address", "admin.protocol", "admin.silent", "admin.in", ""], connections.map((line) => [
    h("span", {}, h("b", {}, line.name || t("guest")), " ", h("span.muted.small", {}, line.user)), line.address, line.protocol,
    age(line.silent_ms), h("span", { title: line.topics.join("\n") }, String(line.topics.length)),
    line.user && h("button.quiet", { onclick: () => kick(line) }, t("admin.kick"))]));
}

async function kick({ user, name }) {
  if (!await sure(t("admin.kick.sure", { name: name || user }), t("admin.kick"))) return;
  attempt(() => post("disconnect", { user }), () => Promise.all([lookConnections(), lookAudit()]));
}

async function lookTopics() {
  const { topics } = await post("topics", { matching: $("topics-find").value.trim(), limit: SHOWN });
  $("topics-count").textContent = counted(topics.length);
  topics.sort((a, b) => b.subscribers - a.subscribers || a.topic.localeCompare(b.topic));
  show("topics", ["admin.topic", "admin.subscribers", "admin.members", "admin.events", ""], topics.map((topic) => [
    h("code", {}, topic.topic), String(topic.subscribers), topic.members === null ? "–" : String(topic.members), topic.offset.toLocaleString(),
    topic.members > 0 && h("button.quiet", { onclick: () => attempt(() => showMembers(topic.topic)) }, t("chat.people.show"))]));
}

async function showMembers(topic) {
  const { total, members } = await post("presence", { topic, limit: SHOWN });
  const dialog = h("dialog", { "aria-label": topic, onclose: () => dialog.remove() }, h("form.form", { method: "dialog" },
    h("h2", {}, topic), h("p.muted", {}, counted(total)),
    h("ul", {}, ...members.map(({ id, name, state }) => h("li", {}, h(`span.dot.${state}`), ` ${name || t("guest")} `, h("span.muted.small", {}, id)))),
    h("button", {}, t("close"))));
  document.body.append(dialog);
  dialog.showModal();
}

async function lookAccounts(after) {
  const { accounts, next } = await post("accounts", { matching: $("accounts-find").value.trim(), ...(after ? { after } : {}) });
  found = after ? found.concat(accounts) : accounts;
  $("accounts-count").textContent = counted(found.length);
  $("accounts-more").hidden = next === null;
  $("accounts-more").onclick = () => attempt(() => lookAccounts(next));
  show("accounts", ["admin.login", "login.name", "admin.roles", "admin.profiles", ""], found.map((account) => [
    h(account.active ? "b" : "s", {}, account.login), account.name, account.provisional ? h("span.muted", {}, t("admin.provisional")) : account.roles.join(", "),
    h("span.small", {}, Object.entries(account.profiles).map(([kind, value]) => `${kind} ${value}`).join(" · ")),
    h("span", {}, account.provisional && h("button.quiet", { onclick: () => confirmAccount(account) }, t("admin.confirm")),
      isAdmin() && h("button.quiet", { onclick: () => lock(account) }, t(account.active ? "admin.lock" : "admin.unlock")))]));
}

async function confirmAccount({ id, login }) {
  if (!await sure(t("admin.confirm.sure", { name: login }), t("admin.confirm"))) return;
  attempt(() => post(`accounts/${id}/confirm`), () => Promise.all([lookAccounts(), lookAudit()]));
}

async function lock({ id, login, active }) {
  if (active && !await sure(t("admin.lock.sure", { name: login }), t("admin.lock"))) return;
  attempt(() => post(`accounts/${id}/${active ? "lock" : "unlock"}`), () => Promise.all([lookAccounts(), lookAudit()]));
}

/** The audit trail, newest first; `before` is the end of what is shown already. */
async function lookAudit(before) {
  const { entries, next } = await post("audit", before ? { before } : {});
  trail = before ? trail.concat(entries) : entries;
  $("audit-more").hidden = next === null;
  $("audit-more").onclick = () => attempt(() => lookAudit(next));
  show("audit", ["admin.when", "admin.action", "admin.who", "admin.target", "admin.address", "admin.detail"], trail.map((entry) => [
    h("span.small", {}, new Date(entry.at).toLocaleString()), h("code", {}, entry.action), entry.actor, entry.target,
    entry.address, h("span.small", {}, entry.detail)]));
}

const counted = (count) => (count === SHOWN ? t("admin.many", { n: count }) : count.toLocaleString());

// Looking again: when something moves, when somebody types, and every few seconds

async function lookAround() {
  if (!isStaff() || document.hidden) return;
  await attempt(() => Promise.all([lookPlugins(), lookConnections(), lookTopics()]));
}

function lookAll() {
  lookAround();
  if (isStaff()) attempt(() => Promise.all([lookAccounts(), lookAudit()]));
}

const lookSoon = soon(lookAround, 1_000);
for (const [id, look] of [["connections", lookConnections], ["topics", lookTopics], ["accounts", () => lookAccounts()]]) {
  $(`${id}-find`).addEventListener("input", soon(() => attempt(look), 300));
}
document.addEventListener("visibilitychange", lookAround);
setInterval(lookAround, EVERY_MS);
showMe();
lookAll();
