// The big button, the running clock, and records that were left open.
import { $, duration, h } from "/assets/ui.js";
import { t } from "/assets/i18n.js";
import { call, format, fromLocal, local, now, parse, when } from "/assets/study-calls.js";

export class Timer {
  #open = [];
  #tick = 0;
  #onError;

  /** @param {(error: Error) => void} onError */
  constructor(onError) {
    this.#onError = onError;
    $("go").addEventListener("click", () => this.#press());
    // After a sleep the clock is right at once, and not with the next tick.
    for (const event of ["visibilitychange", "pageshow", "focus"]) addEventListener(event, () => this.#run(), true);
  }

  /** @param {any[]} open the open records, the oldest first */
  show(open) {
    this.#open = open;
    const current = open.at(-1);
    $("go").textContent = t(current ? "study.finish" : "study.start");
    $("go").classList.toggle("running", Boolean(current));
    $("clock").hidden = !current;
    $("since").textContent = current ? t("study.since", { time: when(parse(current.start_time)) }) : t("study.ready");
    const rest = open.slice(0, -1).reverse();
    $("forgotten").hidden = !rest.length;
    $("forgotten").querySelector("ul").replaceChildren(...rest.map((study) => this.#row(study)));
    this.#run();
  }

  /** Shows the time since the start; it is computed anew each time, and never counted up. */
  #run() {
    clearTimeout(this.#tick);
    const current = this.#open.at(-1);
    if (!current) return;
    const passed = Math.max(0, now() - parse(current.start_time));
    $("clock").textContent = duration(passed);
    this.#tick = setTimeout(() => this.#run(), 1000 - passed % 1000);
  }

  async #press() {
    const current = this.#open.at(-1);
    $("go").disabled = true;
    try {
      if (current) await call(`studys/${current.id}`, { method: "PUT", json: {} });
      else await call("studys/", { json: {} });
    } catch (error) {
      this.#onError(error);
    }
    $("go").disabled = false;
  }

  #row(study) {
    const time = when(parse(study.start_time));
    return h("li", {}, h("span", {}, time),
      h("button.quiet", { "aria-label": `${t("study.end")} ${time}`, onclick: () => this.#askEnd(study) }, t("study.end")));
  }

  /** Asks for the end of a record that was forgotten. */
  #askEnd(study) {
    const start = parse(study.start_time), shown = (ms) => local(ms).toISOString().slice(0, 16);
    const end = h("input", {
      type: "datetime-local", required: true, min: shown(start), max: shown(now()), value: shown(Math.min(start + 3600_000, now())),
    });
    const problem = h("p.bad.small", { role: "alert" });
    const form = h("form.form", { onsubmit: async (event) => {
      event.preventDefault();
      // The field has no seconds; an end in the minute of the start is the start.
      const moment = Math.max(start, fromLocal(end.value));
      try {
        await call(`studys/${study.id}`, { method: "PUT", json: { end_time: format(moment) } });
        dialog.close();
      } catch (error) {
        problem.textContent = error.message;
      }
    } }, h("h2", {}, t("study.end.title")), h("p", {}, t("study.since", { time: when(start) })),
    h("label", {}, t("study.end.at"), end), problem,
    h("div.row", {}, h("button.primary", {}, t("study.end.save")), h("button", { type: "button", onclick: () => dialog.close() }, t("cancel"))));
    const dialog = h("dialog", { "aria-label": t("study.end.title"), onclose: () => dialog.remove() }, form);
    document.body.append(dialog);
    dialog.showModal();
  }
}
