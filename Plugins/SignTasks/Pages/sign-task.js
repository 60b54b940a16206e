// One task as its teacher sees it: who has signed and who has not, live.
import { $, h, session, soon } from "/assets/ui.js";
import { t } from "/assets/i18n.js";
import { call, countdown, moment, notesView, refusal, sure, tick } from "/assets/sign-calls.js";

const MOST_NOTES = 10, MOST_ROWS = 500;

export class TaskView {
  /** @type {Map<number, object>} studentID → log */ logs = new Map();
  /** @type {Map<number, object>} studentID → student without a log */ absent = new Map();
  found = ""; problem = "";

  constructor(desk, task) {
    Object.assign(this, { desk, task, sign: task.signID, hub: desk.hub });
    this.build();
    this.draw = soon(() => { if (desk.view === this) this.drawAll(); }, 200);
    this.topic = this.hub.subscribe(`sign.task.${this.sign}`, {
      onSnapshot: (report) => this.take(report),
      onEvent: (data) => this.happened(data),
      onError: (error) => { if (!error.temporary) this.load(); },
    });
    this.draw();
  }

  close() { this.topic.close(); }

  take({ sign, list, absent }) {
    Object.assign(this.task, sign);
    this.logs = new Map(list.map((log) => [log.studentID, log]));
    this.absent = new Map(absent.map((student) => [student.studentID, student]));
    this.draw();
  }

  async load() {
    if (this.missed) return;
    const missed = this.missed = [];
    try { this.take(await call(`/sign/teacher_report/${this.sign}`)); } catch (error) { this.fail(error); }
    this.missed = null;
    // The report may be older than these.
    for (const data of missed) if (data.studentID === undefined || this.logs.has(data.studentID) || this.absent.has(data.studentID)) this.happened(data);
  }

  happened(data) {
    this.missed?.push(data);
    if (data.event === "sign.count") this.task.count = data.count;
    const student = this.logs.get(data.studentID) ?? this.absent.get(data.studentID);
    if (data.studentID !== undefined) {
      // Chosen after the list was made.
      if (!student) return void this.load();
      this.absent.delete(data.studentID);
      this.logs.set(data.studentID, { logStatus: 0, endTime: 0, ...student, ...data });
    }
    this.draw();
  }

  /** The list of tasks has something newer. */
  changed(task) {
    if (task) this.task = task;
    this.draw();
  }

  fail(error) {
    this.problem = error.message;
    this.draw();
  }

  // Doing

  async attempt(work) {
    this.problem = "";
    try { await work(); } catch (error) { this.problem = error.message; }
    this.draw();
  }

  async end() {
    if (await sure(t("sign.end.sure"), t("sign.end"))) this.attempt(() => call(`/sign/teacher_end/${this.sign}`, {}));
  }

  async append() {
    const info = this.note.value;
    await this.attempt(async () => {
      await call("/sign/teacher_append_info", { sign_id: this.sign, info });
      this.note.value = "";
    });
  }

  async save() {
    const answer = await fetch(`/sign/teacher_export/${this.sign}`, { headers: { token: session.get()?.token ?? "" } })
      .catch(() => { throw new Error(t("error.network")); });
    // A refusal is an envelope with the status 200.
    if (answer.headers.get("content-type")?.startsWith("application/json")) throw refusal(await answer.json());
    if (!answer.ok) throw new Error(t("error.answer", { status: answer.status }));
    const address = URL.createObjectURL(await answer.blob());
    h("a", { href: address, download: `sign-${this.sign}.xlsx` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }

  // Showing

  build() {
    this.header = h("header");
    this.tally = h("div.tally");
    this.progress = h("progress");
    this.alert = h("p.bad.small", { role: "alert" });
    this.endButton = h("button", { onclick: () => this.end() }, t("sign.end"));
    this.note = h("input", { maxlength: 4095, "aria-label": t("sign.note"), placeholder: t("sign.note"), required: true, autocomplete: "off" });
    this.noteForm = h("form.add", { onsubmit: (event) => { event.preventDefault(); this.append(); } }, this.note, h("button", {}, t("sign.note.add")));
    this.notes = h("div");
    this.find = h("input", { type: "search", "aria-label": t("sign.find"), placeholder: t("sign.find"), autocomplete: "off", oninput: () => { this.found = this.find.value.trim().toLowerCase(); this.draw(); } });
    this.presentView = h("section");
    this.absentView = h("section");
    $("task").replaceChildren(
      h("button.quiet.back-list", { onclick: () => { location.hash = ""; } }, `← ${t("sign.back")}`),
      this.header, h("div", {}, this.tally, this.progress), this.alert,
      h("div.row", {}, this.endButton, h("button", { onclick: () => this.attempt(() => this.save()) }, t("sign.export"))),
      h("section", {}, h("h3", {}, t("sign.notes")), this.notes, this.noteForm), this.find,
      h("div.who", {}, this.presentView, this.absentView));
  }

  drawAll() {
    const { name, detail, time, expireTime, append } = this.task, running = this.desk.isRunning(this.task);
    const all = this.logs.size + this.absent.size, signed = [...this.logs.values()].filter((log) => log.logStatus === 1).length;
    this.header.replaceChildren(h("h2", {}, name),
      h("p.muted.small", {}, running ? countdown(expireTime) : t("sign.over"), ` · ${moment(time)} – ${moment(expireTime)}`), detail && h("p.text", {}, detail));
    this.tally.replaceChildren(h("b", {}, String(signed)), h("span", {}, t("sign.of", { n: all })));
    Object.assign(this.progress, { max: Math.max(1, all), value: signed });
    this.progress.setAttribute("aria-label", t("sign.progress", { n: signed, all }));
    this.alert.textContent = this.problem;
    this.endButton.hidden = !running;
    this.notes.replaceChildren(notesView(append));
    this.noteForm.hidden = append?.length >= MOST_NOTES;
    this.drawPeople();
    tick(this.hub.now());
  }

  drawPeople() {
    const fits = ({ name, uid }) => !this.found || `${name} ${uid}`.toLowerCase().includes(this.found);
    const logs = [...this.logs.values()].sort((a, b) => b.signLogID - a.signLogID);
    const signed = logs.filter((log) => log.logStatus === 1), others = logs.filter((log) => log.logStatus !== 1);
    // A signature that was only begun, or that failed, is none.
    const missing = [...others, ...this.absent.values()];
    const none = (key) => t(signed.length + missing.length ? key : "sign.students.none");
    fill(this.presentView, t("sign.present"), none("sign.present.none"), signed, fits, (log) => h("span.badge.s1", {}, moment(log.endTime)));
    fill(this.absentView, t("sign.absent"), none("sign.absent.none"), missing, fits, ({ logStatus }) =>
      logStatus !== undefined && h(`span.badge.s${logStatus}`, {}, t(`sign.status.${logStatus}`)));
  }
}

/** A heading with a number, and a list of people. */
function fill(section, title, none, all, fits, badge) {
  const people = all.filter(fits);
  const top = section.querySelector("ul")?.scrollTop ?? 0;
  const list = h("ul.rows", { tabindex: "0", "aria-label": title }, ...people.slice(0, MOST_ROWS).map((person) => h("li", {}, h("div", {},
    h("span.what", {}, h("b", {}, person.name), h("small", {}, person.uid)), badge(person)))));
  if (people.length > MOST_ROWS) list.append(h("li.muted", {}, t("sign.and", { n: people.length - MOST_ROWS })));
  section.replaceChildren(h("h3", {}, `${title} · ${all.length}`), people.length ? list : h("p.muted", {}, all.length ? t("docs.nothing") : none));
  list.scrollTop = top;
}
