// Meeting rooms: what is free now and for how long, a time to come, a day of each room, and one's own bookings.
import { $, begin, clockTime, connect, dayOf, explain, h, local, moment, session, soon } from "/assets/ui.js";
import { addWords, t } from "/assets/i18n.js";
import { call, offerLogin, when } from "/assets/campus-calls.js";
import { facts, isOver, lasting, roomOf, slot, span, stateWord } from "/assets/room-words.js";
import { LENGTHS, bookGap, bookNow, bookWindow, giveUp } from "/assets/room-booking.js";
import { dayRows } from "/assets/room-day.js";

addWords({
  "rooms.title": ["Meeting rooms", "会议室"],
  "rooms.seats": ["Seats, at least", "座位数不少于"],
  "rooms.label": ["Equipment", "设备"],
  "rooms.now": ["Now", "现在"],
  "rooms.free.count": ["{n} of {all} free", "{n} / {all} 间空闲"],
  "rooms.mine": ["My bookings", "我的预约"],
  "rooms.later": ["Find a time", "查找时段"],
  "rooms.from": ["Between", "最早开始"],
  "rooms.to": ["and", "最晚结束"],
  "rooms.length": ["For", "时长"],
  "rooms.search": ["Search", "查找"],
  "rooms.day": ["The day", "全天安排"],
  "rooms.date": ["Date", "日期"],
  "rooms.book": ["Book now", "立即预约"],
  "rooms.book.name": ["Book {name} now", "立即预约 {name}"],
  "rooms.none": ["No room matches.", "没有符合条件的会议室。"],
  "rooms.none.time": ["No room is free then.", "该时段没有空闲的会议室。"],
  "rooms.booked": ["Booked: {name}, {slot}.", "已预约：{name}，{slot}。"],
  "rooms.undone": ["The booking is cancelled.", "已取消预约。"],
  "rooms.undo": ["Undo", "撤销"],
  "rooms.old": ["No connection. The data are from {time} and may have changed since.", "连接已断开。以下为 {time} 的数据，可能已有变化。"],
});
begin();

const MINE_PAGES = 5, TICK_MS = 5000;
let rooms = [], day = null, found = null, bookings = [], turn = 0, loadedAt = 0, wasLive = false, isOld = false, topic = null;
const asking = new Map(); // rooms being asked for; true when something happened meanwhile
const hub = connect("rooms", (state) => {
  if (state === "live") wasLive = true;
  else if (wasLive) isOld = true;
  draw();
  if (!$("desk").hidden && !session.get()) enter();
});
const draw = soon(show, 50);

function say(sentence) {
  $("problem").textContent = sentence;
  $("problem").hidden = !sentence;
}

// Loading

function failed(error) {
  if (error.status === 401) enter();
  else say(error.message);
}

async function load() {
  const mine = ++turn;
  try {
    const [states] = await Promise.all([call("/meetingrooms/"), loadDay(), loadBookings()]);
    if (mine !== turn) return;
    rooms = states;
    loadedAt = hub.now();
    isOld = wasLive && hub.state !== "live";
    say("");
  } catch (error) {
    if (mine === turn) failed(error);
  }
  draw();
}

let dayTurn = 0;
async function loadDay() {
  const mine = ++dayTurn, answer = await call(`/meetingrooms/day/?date=${$("date").value}`);
  if (mine === dayTurn) day = answer;
  draw();
}

let bookingsTurn = 0;
async function loadBookings() {
  const mine = ++bookingsTurn, all = [];
  for (let page = 1; page <= MINE_PAGES; page++) {
    const { results, next } = await call(`/reservations/?page=${page}`);
    all.push(...results);
    if (!next) break;
  }
  if (mine === bookingsTurn) bookings = all.toSorted((a, b) => Date.parse(a.reserve_from) - Date.parse(b.reserve_from));
  draw();
}

/** One room anew; what happens while it is asked for makes it be asked once more. */
async function refresh(id) {
  if (asking.has(id)) return void asking.set(id, true);
  asking.set(id, false);
  const mine = turn;
  try {
    const state = await call(`/meetingrooms/${id}/`);
    if (mine === turn) {
      const at = rooms.findIndex((room) => room.id === id);
      if (at < 0) load();
      else rooms[at] = state;
      if (!isOld) loadedAt = hub.now();
    }
  } catch (error) {
    if (mine === turn) failed(error);
  }
  const isAgain = asking.get(id);
  asking.delete(id);
  draw();
  if (isAgain) refresh(id);
}

const lists = soon(() => Promise.all([loadDay(), loadBookings(), found && search()]).catch(failed), 250);

function happened(event) {
  const id = roomOf(event);
  if (id === undefined) return;
  refresh(id);
  lists();
}

// Acting

async function booked(work) {
  const reservation = await work;
  if (!reservation?.id) return;
  const name = reservation.meetingroom.name ?? "";
  const undo = h("button", { onclick: async () => {
    undo.disabled = true;
    try {
      await call(`/reservations/${reservation.id}/`, { method: "DELETE" });
      $("done").replaceChildren(t("rooms.undone"));
      changed(reservation.meetingroom.id);
    } catch (error) { failed(error); }
  } }, t("rooms.undo"));
  $("done").replaceChildren(h("span", {}, t("rooms.booked", { name, slot: slot(reservation) })), undo);
  $("done").hidden = false;
  $("done").scrollIntoView({ block: "nearest" });
  undo.focus({ preventScroll: true });
  changed(reservation.meetingroom.id);
}

/** The page's own change shows without waiting for its event. */
function changed(id) {
  refresh(id);
  lists();
}

async function gaveUp(booking, room) {
  if (await giveUp(booking, room.name, hub.now())) changed(room.id);
}

async function search() {
  const query = { time_from: new Date(moment($("from").value)).toISOString(), time_to: new Date(moment($("to").value)).toISOString(), length: $("length").value };
  if ($("seats").value) query.people_count = $("seats").value;
  if ($("label").value.trim()) query.label = $("label").value.trim();
  try {
    found = await call(`/meetingrooms/available/?${new URLSearchParams(query)}`);
    $("refused").textContent = "";
  } catch (error) {
    if (error.status === 401) return void enter();
    found = null;
    $("refused").textContent = error.message;
  }
  draw();
}

// Showing

const fits = ({ seats_count: seats, label }) =>
  seats >= (Number($("seats").value) || 0) && label.toLowerCase().includes($("label").value.trim().toLowerCase());

/** Puts in new content and leaves the focus where it was. */
function put(node, ...children) {
  const key = node.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  node.replaceChildren(...children);
  if (key) node.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

function show() {
  if ($("desk").hidden) return;
  const now = hub.now(), shown = rooms.filter(fits);
  $("old").hidden = !isOld;
  $("old").textContent = isOld ? t("rooms.old", { time: clockTime(loadedAt) }) : "";
  $("desk").classList.toggle("stale", isOld);
  const places = Map.groupBy(shown, ({ location }) => location);
  put($("now"), ...places.size ? [...places].map(([location, group]) => h("section.place", { "aria-label": location },
    h("h3", {}, location, " ", h("span.muted.small", {}, t("rooms.free.count", { n: group.filter(({ state }) => state === "free").length, all: group.length }))),
    h("ul", {}, ...group.map((room) => card(room, now))))) : [h("p.empty", {}, t("rooms.none"))]);
  const own = bookings.filter(({ reserve_to: to }) => Date.parse(to) > now);
  $("mine").hidden = !own.length;
  put($("bookings"), ...own.map((booking) => h("li", { "data-booking": booking.id },
    h("span", {}, h("strong", {}, booking.meetingroom.name), ` ${when(booking.reserve_from)}–${clockTime(Date.parse(booking.reserve_to))}`, booking.description && h("span.muted", {}, ` ${booking.description}`)),
    h("button.quiet", { "data-key": `booking-${booking.id}`, onclick: () => gaveUp(booking, booking.meetingroom) },
      t(Date.parse(booking.reserve_from) <= now ? "booking.end" : "booking.cancel")))));
  put($("found"), ...!found ? [] : found.length ? found.map(({ location, meetingrooms }) => h("section", {}, h("h3", {}, location),
    h("ul.choices", {}, ...meetingrooms.map(({ id, info, choices }) => h("li", {}, h("span", {}, h("strong", {}, info.name), h("span.muted.small", {}, ` ${facts(info)}`)),
      h("span.row", {}, ...choices.map((window) => h("button", { "data-key": `choice-${id}-${window[0]}`, "data-choice": id, onclick: () => booked(bookWindow({ id, ...info }, window)) },
        slot({ reserve_from: window[0], reserve_to: window[1] }))))))))) : [h("p.empty", {}, t("rooms.none.time"))]);
  if (day) {
    put($("day"), ...dayRows(day, day.rooms.filter(fits), now, {
      book: (room, from, to) => booked(bookGap(room, from, to, day)), change: gaveUp,
    }));
  }
}

function card(room, now) {
  return h(`li.room-card.${room.state}`, { "data-room": room.id },
    h("div", {}, h("strong", {}, room.name), h("span.muted.small", {}, facts(room))),
    h("div", {}, h("b.state", {}, stateWord(room)), h("span", {}, ` ${lasting(room, now)}`)),
    room.state === "free" && h("button", { "data-key": `room-${room.id}`, "aria-label": t("rooms.book.name", { name: room.name }), onclick: () => booked(bookNow(room, hub.now())) }, t("rooms.book")));
}

// Life

function enter() {
  const login = session.get();
  turn++;
  topic?.close();
  topic = null;
  rooms = []; bookings = []; day = found = null;
  isOld = false;
  say("");
  $("done").hidden = $("old").hidden = true;
  $("me").textContent = login?.name ?? "";
  $("login").textContent = t(login ? "logout" : "login");
  $("gate").hidden = Boolean(login);
  $("desk").hidden = !login;
  if (!login) return;
  topic = hub.subscribe("campus.rooms", {
    onEvent: happened,
    onLive: load, // what happened before the subscription, or while it was away
    onError: (error) => { if (!error.temporary) say(explain(error)); },
  });
  load();
}

/** The window of the search: from the next half hour, for the day's next three. */
function suggest() {
  const half = 1_800_000, from = Math.ceil((hub.now() + 60_000) / half) * half, text = (at) => local(at).toISOString().slice(0, 16);
  $("from").value = text(from);
  $("to").value = text(from + 6 * half);
  $("length").replaceChildren(...LENGTHS.map((minutes) => h("option", { value: minutes, selected: minutes === 60 }, span(minutes * 60_000))));
  $("date").value = dayOf(hub.now());
}

let lastDay = dayOf(hub.now());
setInterval(() => {
  if (document.hidden || $("desk").hidden) return;
  const now = hub.now();
  if (!isOld) for (const room of rooms) if (isOver(room, now)) refresh(room.id);
  const today = dayOf(now);
  if (today !== lastDay && $("date").value === lastDay) {
    $("date").value = today;
    loadDay().catch(failed);
  }
  lastDay = today;
  draw();
}, TICK_MS);
$("filters").addEventListener("submit", (event) => event.preventDefault());
$("filters").addEventListener("input", draw);
$("search").addEventListener("submit", (event) => { event.preventDefault(); search(); });
$("date").addEventListener("change", () => { if ($("date").value) loadDay().catch(failed); });
// Arrows go along the line of a room, and from one room to the next.
$("day").addEventListener("keydown", (event) => {
  const along = { ArrowLeft: -1, ArrowRight: 1 }[event.key], across = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const row = event.target.closest(".day-row");
  if (!row || !along && !across) return;
  const rows = [...$("day").querySelectorAll(".day-row:has(button)")], inside = [...row.querySelectorAll("button")].sort((a, b) => a.getBoundingClientRect().x - b.getBoundingClientRect().x);
  const next = along ? inside[inside.indexOf(event.target) + along] : rows[rows.indexOf(row) + across]?.querySelector("button");
  if (!next) return;
  event.preventDefault();
  next.focus();
});
suggest();
offerLogin(hub, enter);
enter();
