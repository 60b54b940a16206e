// Calls of the study records, and the times in them.
import { has, language, t } from "/assets/i18n.js";
import { local, session } from "/assets/ui.js";

const root = "/api/v1.0/";
let ahead = 0;

/** The time of the server. The clock of a laptop may be wrong, but goes on while it sleeps. */
export const now = () => Date.now() + ahead;

/** Learns from the date of an answer, which has whole seconds, how far the server's clock is ahead. */
function compare(date, asked) {
  const server = Date.parse(date) + 500, here = (asked + Date.now()) / 2;
  if (Number.isFinite(server)) ahead = Math.abs(server - here) > 2000 ? server - here : 0;
}

/**
 * Makes a call; with `json` a POST.
 * @param {string} path below `/api/v1.0/` @param {{method?: string, json?: any}} [options]
 * @returns {Promise<any>} rejects with a sentence for the reader, and with the status
 */
export async function call(path, { method, json } = {}) {
  const headers = { Accept: "application/json" }, login = session.get(), asked = Date.now();
  if (login) headers.token = login.token;
  if (json !== undefined) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(root + path, {
      method: method ?? (json === undefined ? "GET" : "POST"), headers, body: json === undefined ? undefined : JSON.stringify(json),
    });
  } catch {
    throw new Error(t("error.network"));
  }
  compare(response.headers.get("Date"), asked);
  const answer = await response.json().catch(() => null);
  if (response.ok && answer) return answer;
  throw Object.assign(new Error(sentence(response.status, answer?.message)), { status: response.status });
}

function sentence(status, message) {
  if (status === 429) return t("error.111");
  if (has(`study.said.${message}`)) return t(`study.said.${message}`);
  return language === "zh" && message ? message : t("error.answer", { status });
}

/** @param {string} text UTC, `2017-03-25 07:13:32` */
export const parse = (text) => Date.parse(text.replace(" ", "T") + "Z");

/** The same back. @param {number} ms */
export const format = (ms) => new Date(ms).toISOString().slice(0, 19).replace("T", " ");

// Days, weeks and hours are those of the server's zone, where the library is.
export { local, moment as fromLocal } from "/assets/zone.js";

/** `2017-03-25` @param {Date} date as `local` has it */
export const dayOf = (date) => date.toISOString().slice(0, 10);

/** A date as `local` has it, in words. @param {Date} date @param {Intl.DateTimeFormatOptions} options */
export const inWords = (date, options) => date.toLocaleString(language === "zh" ? "zh-CN" : "en-GB", { ...options, timeZone: "UTC", hour12: false });

/** `Sat 25 Mar, 15:13`, with the year if it is another one. @param {number} ms */
export function when(ms) {
  const date = local(ms), isOld = date.getUTCFullYear() !== local(now()).getUTCFullYear();
  return inWords(date, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", ...(isOld && { year: "numeric" }) });
}

/** `12.5 h` @param {number} seconds */
export const hours = (seconds) => t("study.hours", { n: (seconds / 3600).toLocaleString(language, { maximumFractionDigits: 1 }) });
