// The records, the newest first.
import { $, duration, h } from "/assets/ui.js";
import { t } from "/assets/i18n.js";
import { call, dayOf, inWords, local, parse, when } from "/assets/study-calls.js";

const perPage = 20;

export class Records {
  #studys = new Map();
  #user;
  #count = 0;
  #page = 0;
  #turn = 0;
  #onError;

  /** @param {(error: Error) => void} onError */
  constructor(onError) {
    this.#onError = onError;
    $("more").addEventListener("click", () => this.#read(this.#page - 1));
  }

  /** Begins with the newest page of a user. @param {number} user */
  async load(user) {
    this.#user = user;
    this.#studys.clear();
    this.#turn++;
    await this.#guard(async (isCurrent) => {
      const first = await call(`users/${user}/studys/`);
      if (!isCurrent()) return;
      this.#take(first, 1);
      const last = Math.max(1, Math.ceil(first.count / perPage));
      if (last > 1) {
        const newest = await call(`users/${user}/studys/?page=${last}`);
        if (!isCurrent()) return;
        // The first page comes again when the reader gets there.
        this.#studys.clear();
        this.#take(newest, last);
        if (newest.studys.length < perPage / 2) this.#take(await call(`users/${user}/studys/?page=${last - 1}`), last - 1);
      }
    });
  }

  /** A record that was started or finished. */
  put(study) {
    if (!this.#studys.has(study.id) && study.end_time === null) this.#count++;
    this.#studys.set(study.id, study);
    this.#draw();
  }

  #read(page) {
    return this.#guard(async (isCurrent) => {
      const answer = await call(`users/${this.#user}/studys/?page=${page}`);
      if (isCurrent()) this.#take(answer, page);
    });
  }

  async #guard(body) {
    const turn = this.#turn;
    $("more").disabled = true;
    try {
      await body(() => turn === this.#turn);
      this.#draw();
    } catch (error) {
      this.#onError(error);
    }
    $("more").disabled = false;
  }

  #take({ count, studys }, page) {
    this.#count = count;
    this.#page = page;
    for (const study of studys) this.#studys.set(study.id, study);
  }

  #draw() {
    const newest = [...this.#studys.values()].sort((a, b) => b.id - a.id);
    $("count").textContent = String(this.#count);
    $("more").hidden = this.#page <= 1;
    $("records").replaceChildren(...newest.map((study) => this.#row(study)));
    if (!newest.length) $("records").append(h("li.empty", {}, t("study.records.none")));
  }

  #row(study) {
    const start = parse(study.start_time), end = study.end_time && parse(study.end_time);
    const sameDay = end && dayOf(local(start)) === dayOf(local(end));
    const until = end && (sameDay ? inWords(local(end), { hour: "2-digit", minute: "2-digit" }) : when(end));
    return h("li", {}, h("span", {}, until ? `${when(start)} – ${until}` : when(start)),
      end ? h("b", {}, duration(end - start)) : h("b.open", {}, t("study.open")));
  }
}
