// A day of every room as a line: what is booked, and the gaps that can be booked.
import { clockTime, h, moment } from "/assets/ui.js";
import { addWords, t } from "/assets/i18n.js";
import { facts, slot } from "/assets/room-words.js";

addWords({
  "day.free": ["{room}: free {slot}. Book", "{room}：{slot} 空闲，预约"],
  "day.mine": ["{room}: my booking {slot}, {what}. Change", "{room}：我的预约 {slot}，{what}，更改"],
});

const HOUR = 3_600_000, MINUTE = 60_000;

/** The part of a day that is drawn: 7 to 22, and more when something lies outside. */
function frame({ date, rooms }) {
  const all = rooms.flatMap(({ reservations }) => reservations), begin = moment(`${date}T00:00`);
  const from = Math.min(moment(`${date}T07:00`), ...all.map(({ reserve_from: at }) => Math.floor(Date.parse(at) / HOUR) * HOUR));
  const to = Math.max(moment(`${date}T22:00`), ...all.map(({ reserve_to: at }) => Math.ceil(Date.parse(at) / HOUR) * HOUR));
  return { from: Math.max(begin, from), to: Math.min(begin + 24 * HOUR, to) };
}

/** Gaps between bookings that are long enough and not over. */
function gaps(reservations, from, to, least) {
  const found = [];
  let at = from;
  for (const entry of [...reservations, { reserve_from: to, reserve_to: to }]) {
    const begins = new Date(entry.reserve_from).getTime();
    if (begins - at >= least) found.push([at, begins]);
    at = Math.max(at, new Date(entry.reserve_to).getTime());
  }
  return found;
}

/**
 * The rows of a day.
 * @param {{book: (room: any, from: number, to: number) => void, change: (entry: any, room: any) => void}} acts
 */
export function dayRows(day, rooms, now, acts) {
  const { from, to } = frame(day), part = (at) => (at - from) / (to - from) * 100;
  const place = (node, begins, ends) => {
    node.style.left = `${part(Math.max(from, begins))}%`;
    node.style.width = `${part(Math.min(to, ends)) - part(Math.max(from, begins))}%`;
    return node;
  };
  const hours = h("li.hours", { "aria-hidden": "true" }, h("span"), h("div.track", {},
    ...Array.from({ length: Math.round((to - from) / HOUR) }, (_, n) => from + n * HOUR).filter((_, n) => n % 3 === 0)
      .map((at) => place(h("span", {}, clockTime(at)), at, at + 3 * HOUR))));
  const row = (room) => h("li.day-row", { "data-day": room.id },
    h("div.name", {}, h("strong", {}, room.name), h("span.muted.small", {}, facts(room))),
    h("ol.track", { "aria-label": room.name },
      ...gaps(room.reservations, Math.max(from, Math.ceil(now / (5 * MINUTE)) * 5 * MINUTE), to, day.min_minutes * MINUTE).map(([begins, ends]) =>
        place(h("li", {}, h("button.gap", { "data-key": `gap-${room.id}-${ends}`, onclick: () => acts.book(room, begins, ends),
          "aria-label": t("day.free", { room: room.name, slot: `${clockTime(begins)}–${clockTime(ends)}` }) })), begins, ends)),
      ...room.reservations.map((entry) => {
        const isOpen = entry.mine && Date.parse(entry.reserve_to) > now, title = `${slot(entry)} ${entry.title} ${entry.description}`;
        const words = { room: room.name, slot: slot(entry), what: entry.description };
        const node = isOpen
          ? h("button.booked.mine", { "data-key": `entry-${entry.id}`, "aria-label": t("day.mine", words), title, onclick: () => acts.change(entry, room) }, entry.description || entry.title)
          : h(entry.mine ? "span.booked.mine" : "span.booked", { title }, h("span.visually-hidden", {}, `${slot(entry)} `), entry.title);
        return place(h("li", { "data-entry": entry.id }, node), Date.parse(entry.reserve_from), Date.parse(entry.reserve_to));
      }),
      now > from && now < to && place(h("li.mark", { "aria-hidden": "true" }), now, now)));
  return [hours, ...rooms.map(row)];
}
