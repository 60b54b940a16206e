// Hours per week, and a calendar of days.
import { $, h } from "/assets/ui.js";
import { language, t } from "/assets/i18n.js";
import { call, dayOf, hours, inWords, local, now } from "/assets/study-calls.js";

const dayMs = 86400_000, weekCount = 8;
const plus = (date, days) => new Date(date.getTime() + days * dayMs);
const midnight = (date) => new Date(Math.floor(date.getTime() / dayMs) * dayMs);
const monday = (date) => plus(midnight(date), -((date.getUTCDay() + 6) % 7));
const firstOfMonth = (date) => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1));
const nextMonth = (date, count) => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + count, 1));

export class Hours {
  #days = new Map();
  #month = null;
  #turn = 0;
  #onError;

  /** @param {(error: Error) => void} onError */
  constructor(onError) {
    this.#onError = onError;
    for (const [id, step] of [["earlier", -1], ["later", 1]]) {
      $(id).addEventListener("click", () => { this.#month = nextMonth(this.#shown(), step); this.load(); });
    }
  }

  #shown() { return this.#month ?? firstOfMonth(local(now())); }

  /** Asks for the weeks and the month that are shown. */
  async load() {
    const turn = ++this.#turn;
    try {
      const month = this.#shown(), today = local(now());
      await this.#ask(turn, plus(monday(today), -7 * (weekCount - 1)), midnight(today));
      await this.#ask(turn, month, plus(nextMonth(month, 1), -1));
      if (turn === this.#turn) this.#draw();
    } catch (error) {
      if (turn === this.#turn) this.#onError(error);
    }
  }

  async #ask(turn, from, to) {
    const { days } = await call(`users/myself/days?from=${dayOf(from)}&to=${dayOf(to)}`);
    if (turn !== this.#turn) return;
    for (let day = from; day <= to; day = plus(day, 1)) this.#days.delete(dayOf(day));
    for (const { date, seconds } of days) this.#days.set(date, seconds);
  }

  #seconds(first, count) {
    let sum = 0;
    for (let day = 0; day < count; day++) sum += this.#days.get(dayOf(plus(first, day))) ?? 0;
    return sum;
  }

  #draw() {
    this.#drawWeeks();
    this.#drawMonth();
  }

  #drawWeeks() {
    const current = monday(local(now())), weeks = [];
    for (let back = 0; back < weekCount; back++) {
      const first = plus(current, -7 * back);
      weeks.push({ first, seconds: this.#seconds(first, 7) });
    }
    const most = Math.max(3600, ...weeks.map((week) => week.seconds));
    $("this-week").textContent = t("study.week.this", { hours: hours(weeks[0].seconds) });
    $("weeks").replaceChildren(...weeks.map(({ first, seconds }) => {
      const date = inWords(first, { day: "numeric", month: "short" }), bar = h("i", { "aria-hidden": "true" });
      bar.style.setProperty("--part", seconds / most);
      return h("li", {}, h("span", {}, date), bar, h("b", {}, hours(seconds)));
    }));
  }

  #drawMonth() {
    const month = this.#shown(), today = dayOf(local(now()));
    $("month").textContent = inWords(month, { month: "long", year: "numeric" });
    $("later").disabled = month >= firstOfMonth(local(now()));
    const rows = [];
    for (let first = monday(month); first < nextMonth(month, 1); first = plus(first, 7)) {
      rows.push(h("tr", {}, ...[0, 1, 2, 3, 4, 5, 6].map((day) => this.#cell(plus(first, day), month, today))));
    }
    const names = [0, 1, 2, 3, 4, 5, 6].map((day) => {
      const date = plus(monday(month), day);
      return h("th", { scope: "col" }, h("abbr", { title: inWords(date, { weekday: "long" }) }, inWords(date, { weekday: language === "zh" ? "narrow" : "short" })));
    });
    $("calendar").replaceChildren(h("caption.visually-hidden", {}, `${t("study.calendar")}, ${$("month").textContent}`),
      h("thead", {}, h("tr", {}, ...names)), h("tbody", {}, ...rows));
  }

  #cell(day, month, today) {
    if (day.getUTCMonth() !== month.getUTCMonth()) return h("td");
    const seconds = this.#days.get(dayOf(day)) ?? 0, minutes = Math.round(seconds / 60);
    // Up to one, two, four hours, and more.
    const level = seconds === 0 ? 0 : 1 + [3600, 7200, 14400].filter((step) => seconds > step).length;
    const text = seconds ? `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}` : "";
    return h(`td.l${level}`, { "aria-current": dayOf(day) === today && "date" }, h("b", {}, String(day.getUTCDate())), text && h("small", {}, text));
  }
}
