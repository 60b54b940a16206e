// The clock on the wall of the lab: every moment on a page is shown by it, wherever the reader is.
import { language } from "/assets/i18n.js";

/** `Europe/Berlin`, or `+08:00`. */
export const zone = document.documentElement.dataset.zone;

const fixed = /^([+-])(\d\d):(\d\d)$/.exec(zone);
const numbers = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" };
const format = fixed ? null : new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", ...numbers });

/** How far the lab's clock is ahead of UTC at a moment. @param {number} ms @returns {number} milliseconds */
function offset(ms) {
  if (fixed) return (fixed[1] === "-" ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3])) * 60_000;
  const part = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second) - Math.floor(ms / 1000) * 1000;
}

/** A date whose UTC fields are what the lab's clock shows. @param {number} ms */
export const local = (ms) => new Date(ms + offset(ms));

/** The moment at which the lab's clock shows `2026-11-29T09:41`; of two, the first. @param {string} text @returns {number} milliseconds */
export function moment(text) {
  const shown = Date.parse(`${text}Z`), day = 86_400_000;
  const guesses = [shown - offset(shown - day), shown - offset(shown + day)];
  // A time that the clock skips is as long after the change as it lies in the gap.
  return guesses.toSorted((a, b) => a - b).find((guess) => guess + offset(guess) === shown) ?? guesses[0];
}

/** Does the reader's own clock show another time than the lab's? @param {number} ms */
export const isElsewhere = (ms) => offset(ms) !== -new Date(ms).getTimezoneOffset() * 60_000;

/** `2026-11-29`: the same for all moments of one day. @param {number} ms */
export const dayOf = (ms) => local(ms).toISOString().slice(0, 10);

/** `09:41`. @param {number} ms @param {Intl.DateTimeFormatOptions} [options] */
export const clockTime = (ms, options = {}) =>
  local(ms).toLocaleTimeString(language, { timeZone: "UTC", hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...options });

/** `Sunday, November 29`. @param {number} ms */
export const dateName = (ms) => local(ms).toLocaleDateString(language, { timeZone: "UTC", weekday: "long", month: "long", day: "numeric" });
