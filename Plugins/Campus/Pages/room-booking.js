// A booking: asked for in a dialog, and taken back.
import { clockTime, h, local } from "/assets/ui.js";
import { addWords, t } from "/assets/i18n.js";
import { call } from "/assets/campus-calls.js";
import { slot, span } from "/assets/room-words.js";

addWords({
  "booking.title": ["Book {name}", "预约 {name}"],
  "booking.what": ["What for (optional)", "用途（选填）"],
  "booking.start": ["From", "开始"],
  "booking.length": ["For", "时长"],
  "booking.book": ["Book", "预约"],
  "booking.slot": ["Book {slot}", "预约 {slot}"],
  "booking.cancel.sure": ["Cancel {name}, {slot}? The room becomes free.", "取消 {name} {slot} 的预约？房间将被释放。"],
  "booking.cancel": ["Cancel the booking", "取消预约"],
  "booking.keep": ["Keep it", "保留"],
  "booking.leave": ["Not now", "暂不"],
  "booking.end.sure": ["End {name} now? The room becomes free.", "现在结束 {name} 的使用？房间将被释放。"],
  "booking.end": ["End now", "提前结束"],
});

const MINUTE = 60_000, GRID = 5 * MINUTE;
export const LENGTHS = [15, 30, 45, 60, 90, 120, 150, 180];

/** A dialog that stays open while its work is refused. @returns {Promise<any>} what the work gave; null when it was left */
function ask(title, fields, buttons, leave = t("booking.leave")) {
  return new Promise((resolve) => {
    let result = null, isBusy = false;
    const problem = h("p.bad", { role: "alert" });
    const press = async (work) => {
      if (isBusy) return;
      isBusy = true;
      problem.textContent = "";
      try {
        result = await work();
        dialog.close();
      } catch (error) {
        problem.textContent = error.message;
      }
      isBusy = false;
    };
    const dialog = h("dialog", { "aria-label": title, onclose: () => { dialog.remove(); resolve(result); } },
      h("form.form", { onsubmit: (event) => { event.preventDefault(); press(buttons.find(({ isFirst }) => isFirst)?.work ?? buttons[0].work); } },
        h("h2", {}, title), ...fields, problem,
        h("div.row", {}, ...buttons.map(({ text, work, isFirst, key }) =>
          h(isFirst ? "button.primary" : "button", { type: "button", "data-key": key, autofocus: isFirst, onclick: () => press(work) }, text)),
        h("button.quiet", { type: "button", onclick: () => dialog.close() }, leave))));
    document.body.append(dialog);
    dialog.showModal();
  });
}

const purpose = () => h("input", { name: "description", maxlength: 100, autocomplete: "off" });
const said = (field) => field.value.trim() || t("room.purpose");

/** Books from now on without a question. */
export const bookMinutes = (room, minutes, description = t("room.purpose")) =>
  call(`/meetingrooms/${room.id}/book-now/`, { json: { minutes, description } });

/** Books from now on. @param {number} now by the server's clock */
export function bookNow(room, now) {
  const what = purpose(), most = room.free_until ? Date.parse(room.free_until) - now : Infinity;
  const lengths = [15, 30, 60].filter((minutes) => minutes === 15 || minutes * MINUTE <= most + GRID);
  return ask(t("booking.title", { name: room.name }), [h("label", {}, t("booking.what"), what)],
    lengths.map((minutes) => ({
      text: t("room.min", { m: minutes }), key: `minutes-${minutes}`, isFirst: minutes === Math.min(30, lengths.at(-1)),
      work: () => bookMinutes(room, minutes, said(what)),
    })));
}

const reserve = (room, from, to, description) => call("/reservations/", {
  json: { meetingroom: room.id, reserve_from: new Date(from).toISOString(), reserve_to: new Date(to).toISOString(), description },
});

/** Books a window that was found. @param {[string, string]} window */
export function bookWindow(room, [from, to]) {
  const what = purpose(), text = slot({ reserve_from: from, reserve_to: to });
  return ask(t("booking.title", { name: room.name }), [h("label", {}, t("booking.what"), what)],
    [{ text: t("booking.slot", { slot: text }), key: "book", isFirst: true, work: () => reserve(room, Date.parse(from), Date.parse(to), said(what)) }]);
}

/** Books within a gap of the day; the beginning and the length are chosen. @param {number} from @param {number} to */
export function bookGap(room, from, to, limits) {
  const what = purpose(), first = Math.ceil(from / GRID) * GRID, last = to - limits.min_minutes * MINUTE;
  const starts = [];
  for (let at = first; at <= last; at += 3 * GRID - (at - first === 0 ? local(at).getUTCMinutes() % 15 * MINUTE : 0)) starts.push(at);
  const start = h("select", {}, ...starts.map((at) => h("option", { value: at }, clockTime(at)))), length = h("select");
  const fill = () => {
    const kept = Number(length.value) || 60, most = Math.min(limits.max_minutes, (to - Number(start.value)) / MINUTE);
    const fits = LENGTHS.filter((minutes) => minutes >= limits.min_minutes && minutes <= most);
    if (!fits.length) fits.push(Math.floor(most / 5) * 5);
    length.replaceChildren(...fits.map((minutes) => h("option", { value: minutes }, span(minutes * MINUTE))));
    length.value = String(fits.findLast((minutes) => minutes <= kept) ?? fits[0]);
  };
  start.addEventListener("change", fill);
  fill();
  return ask(t("booking.title", { name: room.name }),
    [h("label", {}, t("booking.start"), start), h("label", {}, t("booking.length"), length), h("label", {}, t("booking.what"), what)],
    [{ text: t("booking.book"), key: "book", isFirst: true, work: () => reserve(room, Number(start.value), Number(start.value) + Number(length.value) * MINUTE, said(what)) }]);
}

/** Takes a booking back, or ends it when it has begun. @param {{id: number, reserve_from: string, reserve_to: string}} booking */
export function giveUp(booking, name, now) {
  const words = { name, slot: slot(booking) }, hasBegun = Date.parse(booking.reserve_from) <= now;
  const end = { text: t("booking.end"), key: "yes", isFirst: true, work: () => call(`/reservations/${booking.id}/end/`, { method: "POST" }) };
  const cancel = { text: t("booking.cancel"), key: "yes", isFirst: true, work: () => call(`/reservations/${booking.id}/`, { method: "DELETE" }) };
  return ask(t(hasBegun ? "booking.end.sure" : "booking.cancel.sure", words), [], [hasBegun ? end : cancel], t("booking.keep"));
}
