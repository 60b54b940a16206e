import { $, api, askLogin, begin, clockTime, connect, dateName, dayOf, explain, face, h, logOut, session, soon } from "/assets/ui.js";
import { language, t } from "/assets/i18n.js";

const LAST = "muster.room", DOTS = 12, PAGE = 50, LONGEST = 4096, FULL = 120, TOGETHER_MS = 300_000;

begin();
/** @type {Map<string, number>} name → seats taken */
const rooms = new Map();
/** How many seats a room has; null while that is not known. @type {number|null} */
let capacity = null;
/** @type {Room|null} */
let open = null;
let barTimer = 0;

// The rooms

const hub = connect("chat", (state) => {
  open?.use(state !== "stopped");
  if (state === "live" || state === "stopped") {
    clearTimeout(barTimer);
    barTimer = 0;
    $("bar").hidden = true;
    showMe();
  } else if (open) {
    // A blink of the network is nobody's business; only what lasts is said.
    barTimer ||= setTimeout(() => { $("bar").hidden = false; }, 1200);
  }
});
$("bar").textContent = t("chat.reconnecting");

hub.subscribe("chat.rooms", {
  onSnapshot: (snapshot) => {
    capacity = snapshot.capacity ?? null;
    takeRooms(snapshot.room_list ?? snapshot);
  },
  onEvent: ({ event, name, population }) => {
    if (event === "room.released") rooms.delete(name);
    else rooms.set(name, population);
    showRooms();
  },
  onError: async () => { // guests see the list as it was when they came
    try {
      const { room_list: list } = await api("/chatroom/list");
      if (!list) throw new Error(t(session.get() ? "error.103" : "error.101")); // a refusal comes with 200
      takeRooms(list);
    } catch (error) { $("problem").textContent = error.message; }
  },
});

function takeRooms(list) {
  rooms.clear();
  for (const { name, population } of list) rooms.set(name, population);
  showRooms();
  if (!open) enterFromAddress();
}

/** A dot for each seat; more than a few are a number only. */
function seats(count) {
  if (capacity === null || capacity > DOTS) return "";
  const dots = Array.from({ length: capacity }, (_, seat) => h(seat < count ? "i.taken" : "i"));
  return h(count >= capacity ? "span.seats.full" : "span.seats", { "aria-hidden": "true" }, ...dots);
}

const seatsInWords = (count) => (capacity === null ? t("chat.inside", { n: count }) : t("chat.seats", { n: count, all: capacity }));

const showRooms = soon(() => {
  const focused = document.activeElement?.dataset?.room;
  const items = [...rooms].map(([name, count]) => h("li", {}, h("button",
    { "data-room": name, "aria-current": open?.name === name, onclick: () => enter(name) },
    h("span.name", {}, name), seats(count),
    h("span.count", { title: seatsInWords(count) }, capacity > DOTS ? `${count}/${capacity}` : String(count)))));
  $("rooms").replaceChildren(...(items.length ? items : [h("li.empty", {}, t("chat.none"))]));
  if (focused) [...$("rooms").querySelectorAll("button")].find((button) => button.dataset.room === focused)?.focus();
  open?.showSeats();
});

$("create").addEventListener("submit", async (event) => {
  event.preventDefault();
  const name = $("room-name").value.trim(), say = (text) => { $("problem").textContent = text; };
  if (!/^[\p{L}\p{N}._:-]{1,64}$/u.test(name)) return say(t("chat.badname"));
  try {
    const { res } = await api("/chatroom/create", { form: { room_name: name } });
    if (res === "chatroom already exist") return say(t("chat.exists"));
    if (res !== "chatroom create successfully") return say(res);
    say("");
    $("room-name").value = "";
    enter(name);
  } catch (error) {
    say(error.message);
  }
});

function enter(name) {
  $("main").classList.add("inside");
  if (open?.name === name && !open.refused) return;
  open?.leave();
  if (!session.get()) return showWelcome(name);
  open = new Room(name);
  sessionStorage.setItem(LAST, name);
  history.replaceState(null, "", `#${encodeURIComponent(name)}`);
  showRooms();
}

/** The room that the address names; empty where that is no text. */
function addressed() {
  try { return decodeURIComponent(location.hash.slice(1)); } catch { return ""; }
}

/** Back into the room of this tab. A link brings nobody into another one without a question. */
function enterFromAddress() {
  const name = addressed();
  if (!name || !session.get()) {
    open?.leave();
    return showWelcome();
  }
  if (sessionStorage.getItem(LAST) === name) enter(name);
  else showInvitation(name);
}

function showInvitation(name) {
  open?.leave();
  history.replaceState(null, "", `#${encodeURIComponent(name)}`);
  $("members").replaceChildren();
  $("room").replaceChildren(h("div.welcome", {},
    h("h1", {}, t("chat.invited", { name })), h("p.muted", {}, t("chat.invited.lead")),
    h("button.primary", { onclick: () => enter(name) }, t("chat.invited.enter")),
    h("button.quiet", { onclick: () => showWelcome() }, t("cancel"))));
}

function showWelcome(wanted) {
  const guest = !session.get();
  const log = async () => { if (await askLogin()) { hub.reconnect(); if (wanted) enter(wanted); else enterFromAddress(); } };
  $("members").replaceChildren();
  $("room").replaceChildren(h("div.welcome", {},
    h("h1", {}, t(guest ? "chat.guest" : "chat.pick")),
    h("p.muted", {}, t(guest ? "chat.guest.lead" : "chat.pick.lead")),
    guest && h("button.primary", { onclick: log }, t("login")),
    h("button.back.quiet", { onclick: () => $("main").classList.remove("inside") }, "← " + t("chat.back"))));
}

// Who I am

function showMe() {
  const login = session.get();
  $("me").textContent = login ? hub.user?.name || login.name : t("guest");
  $("login").textContent = t(login ? "logout" : "login");
  $("create").hidden = !login;
}

$("login").addEventListener("click", async () => {
  if (session.get()) {
    open?.leave();
    await logOut();
    hub.reconnect();
    showWelcome();
  } else if (await askLogin()) {
    hub.reconnect();
    enterFromAddress();
  }
  showMe();
});

// One room

/**
 * The topic of a room. What a topic's name cannot hold stands behind a colon, in hexadecimal bytes.
 * @param {string} name
 */
function roomTopic(name) {
  if (/^(?![.:])(?!.*\.\.)[\p{L}0-9._:-]+(?<!\.)$/u.test(name)) return `chat.room.${name}`;
  const bytes = (letter) => Array.from(new TextEncoder().encode(letter), (byte) => `:${two(byte)}`).join("");
  const two = (byte) => byte.toString(16).padStart(2, "0");
  return `chat.room.:${Array.from(name, (letter) => (/[\p{L}0-9_-]/u.test(letter) ? letter : bytes(letter))).join("")}`;
}

class Room {
  /** Shown events by ascending offset. @type {{frame: object, node: HTMLElement}[]} */
  shown = [];
  older = false; loading = false; refused = false; unseen = 0; sticks = true;

  /** @param {string} name */
  constructor(name) {
    this.name = name;
    this.build();
    this.showMembers = soon(() => { if (open === this) this.drawMembers(); });
    this.topic = hub.subscribe(roomTopic(name), {
      presence: true,
      onEvent: (data, frame) => this.add(frame),
      onSnapshot: (members) => { if (Array.isArray(members)) this.seatedOnly = members; },
      onReset: () => { this.clear(); this.lines.append(h("li.notice", {}, t("chat.reset"))); },
      onLive: ({ recovered, first }) => {
        if (this.refused) this.admit();
        if (first || !recovered) this.loadOlder();
        this.showMembers();
      },
      onPresence: () => this.showMembers(),
      onError: (error) => this.refuse(error),
    });
  }

  build() {
    this.lines = h("ol");
    this.pending = h("ol");
    this.olderButton = h("button.quiet", { hidden: true, onclick: () => this.loadOlder() }, t("chat.older"));
    this.start = h("span", { hidden: true }, t("chat.start"));
    this.newer = h("button.newer", { hidden: true, onclick: () => this.toEnd() }, t("chat.newer"));
    this.log = h("div.log", { role: "log", tabindex: "0", "aria-label": this.name, onscroll: () => this.scrolled() },
      h("div.notice", {}, this.olderButton, this.start), this.lines, this.pending, this.newer);
    this.text = h("textarea", { rows: 1, "aria-label": t("chat.write"), placeholder: t("chat.write"),
      onkeydown: (event) => {
        // Enter also ends the choice of a Chinese character; that one must not send.
        if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.send(); }
      } });
    this.seatView = h("span");
    this.problem = h("p.bad.small", { role: "alert" });
    this.sendButton = h("button.primary", {}, t("chat.send"));
    const form = h("form.compose", { onsubmit: (event) => { event.preventDefault(); this.send(); } }, this.text, this.sendButton);
    $("room").replaceChildren(
      h("header", {},
        h("button.back.quiet", { onclick: () => $("main").classList.remove("inside"), "aria-label": t("chat.back") }, "←"),
        h("h1", {}, this.name), this.seatView,
        h("button.quiet.show-people", { onclick: () => $("people").classList.toggle("open") }, t("chat.people.show")),
        h("button.quiet", { onclick: () => { this.leave(); showWelcome(); } }, t("chat.leave"))),
      this.log, this.problem, form);
    this.showSeats();
    // A bar above or a keyboard below must not hide the newest line.
    new ResizeObserver(() => { if (this.sticks) this.toEnd(); }).observe(this.log);
    if (matchMedia("(hover: hover)").matches) this.text.focus();
  }

  leave() {
    this.topic.close();
    open = null;
    document.title = "Muster";
    history.replaceState(null, "", location.pathname);
    $("main").classList.remove("inside");
    $("members").replaceChildren();
    showRooms();
  }

  refuse(error) {
    if (error.temporary) return;
    this.refused = true;
    this.use(false);
    const again = (name, key) => h(name, { onclick: () => { this.leave(); enter(this.name); } }, t(key));
    if (error.code !== FULL) return this.lines.replaceChildren(h("li.notice", {}, h("p.bad", {}, explain(error)), again("button", "retry")));
    // The seat is offered and not taken: a page that was left open must not keep it from others.
    this.full = h("li.notice", {}, h("p.bad", {}, t("error.120")), h("p", {}, t("chat.full.lead")));
    this.free = h("li.notice", { hidden: true }, h("p.number", {}, t("chat.free")), again("button.primary", "chat.enter"));
    this.lines.replaceChildren(this.full, this.free);
    this.showSeats();
  }

  /** A later connection was let in. */
  admit() {
    this.refused = false;
    this.full = null;
    this.clear();
    this.use(true);
  }

  /** Opens and closes the form: a text that cannot be sent is not typed in. */
  use(isUsable) {
    this.text.disabled = this.sendButton.disabled = !isUsable || this.refused;
    if (!isUsable) $("members").replaceChildren();
  }

  clear() {
    this.shown = [];
    this.lines.replaceChildren();
    this.older = false;
  }

  // Lines

  add(frame) {
    const stay = this.atEnd(), previous = this.shown.at(-1)?.frame;
    if (previous && frame.offset <= previous.offset) return;
    const node = this.line(frame, previous);
    this.shown.push({ frame, node });
    this.lines.append(node);
    this.settle(frame.data.id);
    if (stay) this.toEnd();
    else if (frame.data.event === "chat.msg") this.newer.hidden = false;
    if (document.hidden && frame.data.event === "chat.msg") this.unseen++;
    this.showTitle();
  }

  async loadOlder() {
    if (this.loading) return;
    this.loading = true;
    const first = this.shown[0];
    try {
      const before = first?.frame.offset ?? (this.topic.offset ?? 0) + 1;
      const page = await this.topic.history({ before, limit: PAGE });
      this.prepend(page.events.filter((frame) => !(frame.offset >= (this.shown[0]?.frame.offset ?? Infinity))));
      this.older = page.more;
    } catch { /* the next connection or the next scroll asks again */ }
    this.loading = false;
    this.olderButton.hidden = !this.older;
    this.start.hidden = this.older;
    if (!first) this.toEnd();
    else if (this.log.scrollTop < 200 && this.older) this.log.scrollTop = Math.max(this.log.scrollTop, 201);
  }

  prepend(frames) {
    const fromEnd = this.log.scrollHeight - this.log.scrollTop;
    const batch = frames.map((frame, index) => ({ frame, node: this.line(frame, frames[index - 1]) }));
    const next = this.shown[0];
    this.shown.unshift(...batch);
    this.lines.prepend(...batch.map(({ node }) => node));
    if (next && batch.length) { // who spoke just before decides whether a line repeats its name
      const node = this.line(next.frame, frames.at(-1));
      next.node.replaceWith(node);
      next.node = node;
    }
    this.log.scrollTop = this.log.scrollHeight - fromEnd;
  }

  /** What is shown for an event, given the one before it. */
  line(frame, previous) {
    const { data, ts } = frame, at = data.at ?? ts, name = data.user?.user_name ?? "";
    const newDay = !previous || dayOf(at) !== dayOf(previous.data.at ?? previous.ts);
    let node;
    if (data.event === "chat.msg") {
      const more = !newDay && previous.data.event === "chat.msg" && previous.data.user?.user_name === name
        && previous.data.from === data.from && at - (previous.data.at ?? previous.ts) < TOGETHER_MS;
      const mine = data.from ? data.from === hub.user?.id : name === hub.user?.name;
      node = message(name, data.msg, at, mine, more, data.from);
    } else if (data.event === "chat.user") {
      const key = { join: "chat.join", leave: "chat.left", create: "chat.created" }[data.msg] ?? "chat.join";
      node = h("li.notice", {}, `${t(key, { name })} · ${clockTime(at)}`);
    } else node = h("li", { hidden: true });
    if (!newDay) return node;
    const whole = h("li", {}, h("div.day", {}, dayName(at)), h("ol", {}, node));
    return whole;
  }

  // Sending

  send() {
    const msg = this.text.value.trim();
    this.problem.textContent = "";
    if (!msg) return;
    if ([...msg].length > LONGEST) { this.problem.textContent = t("chat.long"); return; }
    this.text.value = "";
    const id = hub.newId(), state = h("span.state", {}, t("chat.sending"));
    const node = message(hub.user?.name ?? "", msg, hub.now(), true, false);
    node.classList.add("pending");
    node.dataset.id = id;
    node.querySelector(".head").append(state);
    this.pending.append(node);
    this.toEnd();
    this.deliver(id, msg, node, state);
  }

  async deliver(id, msg, node, state) {
    node.classList.remove("failed");
    node.classList.add("pending");
    state.replaceChildren(t("chat.sending"));
    try {
      await this.topic.publish({ msg }, id);
      node.classList.remove("pending"); // its event takes its place
      state.replaceChildren("✓");
    } catch (error) {
      node.classList.replace("pending", "failed");
      state.replaceChildren(`${t("chat.failed")}: ${explain(error)}`,
        h("button.quiet", { onclick: () => this.deliver(id, msg, node, state) }, t("retry")));
    }
  }

  settle(id) {
    for (const node of [...this.pending.children]) if (node.dataset.id === id) node.remove();
  }

  // Around the lines

  atEnd() { return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80; }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    this.newer.hidden = true;
  }

  scrolled() {
    this.sticks = this.atEnd();
    if (this.sticks) this.newer.hidden = true;
    if (this.log.scrollTop < 200 && this.older && !this.loading) this.loadOlder();
  }

  showTitle() { document.title = `${this.unseen ? `(${this.unseen}) ` : ""}${this.name} · Muster`; }

  showSeats() {
    const count = rooms.get(this.name) ?? this.topic?.presence.total ?? 0;
    this.seatView.replaceChildren(seats(count) || h("span.muted.small", { "aria-hidden": "true" }, capacity === null ? "" : `${count}/${capacity}`), h("span.visually-hidden", {}, seatsInWords(count)));
    if (!this.full) return;
    this.full.hidden = capacity !== null && count < capacity;
    this.free.hidden = !this.full.hidden;
  }

  drawMembers() {
    let members = [...this.topic.presence.members.values()];
    if (!members.length) members = (this.seatedOnly ?? []).map((user) => ({ id: user.user_name, name: user.user_name, state: "online" }));
    members.sort((a, b) => (b.id === hub.user?.id) - (a.id === hub.user?.id) || a.name.localeCompare(b.name, language));
    $("members").replaceChildren(...members.map((member) => h(`li.${member.state}`, {},
      face(member.name),
      h("span.who", {}, member.name, member.id === hub.user?.id && h("span.muted", {}, ` (${t("chat.you")})`),
        member.state === "unstable" && h("small", {}, t("chat.unstable"))),
      h(`span.dot.${member.state}`, { "aria-hidden": "true" }))));
    this.showSeats();
  }
}

function message(name, text, at, mine, more, from) {
  const classes = ["li.line", mine && "mine", more && "more"].filter(Boolean).join(".");
  return h(classes, {}, face(name),
    h("div.head", {}, h("span", { title: from ?? "" }, name), h("time", { datetime: new Date(at).toISOString() }, clockTime(at))),
    h("div.body", {}, text));
}

const dayName = (at) => (dayOf(at) === dayOf(hub.now()) ? t("chat.today") : dateName(at));

document.addEventListener("visibilitychange", () => {
  if (document.hidden || !open) return;
  open.unseen = 0;
  open.showTitle();
});
window.addEventListener("hashchange", enterFromAddress);
document.addEventListener("click", (event) => {
  if (!event.target.closest(".people, .show-people")) $("people").classList.remove("open");
});
showMe();
