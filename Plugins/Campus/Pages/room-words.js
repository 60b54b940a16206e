// Shared by the pages of meeting rooms: words, lengths of time, and what a room says of itself.
import { clockTime } from "/assets/ui.js";
import { addWords, t } from "/assets/i18n.js";

addWords({
  "room.min": ["{m} min", "{m} 分钟"],
  "room.h": ["{h} h", "{h} 小时"],
  "room.hm": ["{h} h {m} min", "{h} 小时 {m} 分"],
  "room.free": ["Free", "空闲"],
  "room.busy": ["Busy", "使用中"],
  "room.free.day": ["for the rest of the day", "今日再无预约"],
  "room.free.until": ["until {time}, {span}", "至 {time}，还有 {span}"],
  "room.busy.until": ["until {time}, {span} left", "至 {time}，还剩 {span}"],
  "room.seats": ["{n} seats", "{n} 座"],
  "room.purpose": ["Meeting", "会议"],
});

/** `45 min`, `2 h 10 min`; a minute that has begun counts whole. @param {number} ms */
export function span(ms) {
  const minutes = Math.max(0, Math.ceil(ms / 60_000)), h = Math.floor(minutes / 60), m = minutes % 60;
  return h ? t(m ? "room.hm" : "room.h", { h, m }) : t("room.min", { m });
}

/** `14:00–15:30`. */
export const slot = ({ reserve_from: from, reserve_to: to }) => `${clockTime(Date.parse(from))}–${clockTime(Date.parse(to))}`;

/** Free or busy, in a word. */
export const stateWord = ({ state }) => t(state === "free" ? "room.free" : "room.busy");

/** How long the state of a room lasts, in words. @param {number} now by the server's clock */
export function lasting(room, now) {
  const until = room.state === "free" ? room.free_until : room.busy_until;
  if (!until) return room.state === "free" ? t("room.free.day") : "";
  return t(room.state === "free" ? "room.free.until" : "room.busy.until", { time: clockTime(Date.parse(until)), span: span(Date.parse(until) - now) });
}

/** Has the time come at which the state of a room ends? */
export function isOver(room, now) {
  const until = room.state === "free" ? room.free_until : room.busy_until;
  return Boolean(until) && Date.parse(until) <= now;
}

/** The room that an event tells of. @returns {number|undefined} */
export function roomOf(event) {
  const room = event.meetingroom ?? event.reservation?.meetingroom;
  return room?.id ?? room;
}

/** `8 seats · 投影`. */
export const facts = ({ seats_count: n, label }) => [t("room.seats", { n }), label].filter(Boolean).join(" · ");
