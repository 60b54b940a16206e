// The student's side: open tasks as they come, one tap to sign, the history.
import { $, h, session, soon } from "/assets/ui.js";
import { t } from "/assets/i18n.js";
import { call, countdown, moment, notesView, tick } from "/assets/sign-calls.js";
import { beginFields, bestAlgorithm, finishFields } from "/assets/sign-keys.js";

const PAGE = 50;

/** Names this browser in the logs: the finish of a signature comes from where it began. */
function device() {
  const made = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  try {
    const id = localStorage.getItem("muster.device") ?? made;
    localStorage.setItem("muster.device", id);
    return id;
  } catch {
    return made; // some private windows keep nothing
  }
}

/** Signatures that were begun here and not finished: their keys are told once only. */
class Begun {
  constructor(user) {
    this.name = `muster.sign.${user}`;
    try { this.all = JSON.parse(localStorage.getItem(this.name)) ?? {}; } catch { this.all = {}; }
  }

  get(sign) { return this.all[sign]; }

  set(sign, value) {
    if (value) this.all[sign] = value;
    else delete this.all[sign];
    // Where nothing can be kept, as in some private windows, this page alone can finish.
    try { localStorage.setItem(this.name, JSON.stringify(this.all)); } catch { /* kept in memory */ }
  }
}

export class Student {
  /** @type {Map<number, object>} signID → `SignData` */ tasks = new Map();
  /** @type {Map<number, string>} courseTableID → name */ courses = new Map();
  /** @type {Map<number, object>} courseTableID → subscription */ topics = new Map();
  working = new Set(); problems = new Map(); history = null; shown = PAGE; asked = 0; timers = [];

  constructor(hub, user) {
    Object.assign(this, { hub, user, begun: new Begun(user) });
    const later = soon(() => { this.drawTasks(); this.drawHistory(); });
    this.draw = () => { this.showTitle(); later(); };
    this.look = soon(() => this.loadHistory(), 300);
    this.topic = hub.subscribe(`sign.user.${user}`, {
      onSnapshot: (open) => {
        this.tasks = new Map(open.map((task) => [task.signID, task]));
        this.draw();
      },
      onEvent: (data) => this.happened(data),
      onLive: ({ first }) => { if (!first) { this.loadCourses(); this.look(); } },
    });
    $("history-status").onchange = $("history-course").oninput = () => { this.shown = PAGE; this.look(); };
    $("history-filter").onsubmit = (event) => event.preventDefault();
    $("history-more").onclick = () => { this.shown += PAGE; this.drawHistory(); };
    this.timers.push(setInterval(() => this.passTime(), 1000));
    $("student").hidden = false;
    this.draw();
    this.loadCourses();
    this.loadHistory();
  }

  close() {
    this.closed = true;
    for (const topic of [this.topic, ...this.topics.values()]) topic.close();
    for (const timer of this.timers) clearInterval(timer);
    document.title = this.title ?? document.title;
    $("student").hidden = true;
  }

  // Live events

  happened(data) {
    if (data.event === "sign.created") this.arrived(data.sign);
    else if (data.event === "sign.selected") { this.loadCourses(); this.loadOpen(); }
    else if (data.event === "sign.begun" && !this.working.has(data.signID) && !this.begun.get(data.signID)) this.drop(data.signID);
    if (data.event === "sign.begun" || data.event === "sign.finished") this.look();
  }

  arrived(task) {
    if (this.tasks.has(task.signID) || task.expireTime * 1000 < this.hub.now()) return;
    this.tasks = new Map([[task.signID, task], ...this.tasks]);
    this.say(t("sign.arrived", { name: task.name }));
    this.draw();
  }

  /** The open tasks of a course that was chosen a moment ago. */
  async loadOpen() {
    let list;
    try { ({ list } = await call("/sign/student_new_sign")); } catch { return; } // they come with the next snapshot
    if (!this.closed) for (const task of list.reverse()) this.arrived(task);
  }

  courseHappened(data) {
    const task = this.tasks.get(data.signID);
    if (!task) return;
    if (data.event === "sign.appended") task.append = [...(task.append ?? []), data.append];
    else if (data.event === "sign.detail") task.detail = data.detail;
    else if (data.event === "sign.count") task.count = data.count;
    else if (data.event === "sign.expired") return this.drop(data.signID);
    this.draw();
  }

  /** Notes and counts that changed while the connection was away. */
  courseShown(open) {
    for (const task of open) if (this.tasks.has(task.signID)) this.tasks.set(task.signID, task);
    this.draw();
  }

  drop(sign) {
    this.tasks.delete(sign);
    this.problems.delete(sign);
    this.draw();
  }

  passTime() {
    const now = this.hub.now();
    for (const [sign, task] of this.tasks) if (task.expireTime * 1000 + 999 < now && !this.working.has(sign)) this.drop(sign);
    tick(now);
  }

  async loadCourses() {
    let list;
    try { ({ list } = await call("/course_table/search?search_type=student")); } catch { return; } // names are an extra
    if (this.closed) return;
    this.courses = new Map(list.map(({ course }) => [course.courseTableID, course.courseName]));
    const running = new Set(list.filter(({ course }) => course.status === 0).map(({ course }) => course.courseTableID));
    for (const [table, topic] of this.topics) if (!running.has(table)) { topic.close(); this.topics.delete(table); }
    for (const table of running) if (!this.topics.has(table)) this.follow(table);
    this.draw();
  }

  follow(table) {
    this.topics.set(table, this.hub.subscribe(`sign.course.${table}`, {
      onSnapshot: (open) => this.courseShown(open),
      onEvent: (data) => this.courseHappened(data),
      onError: (error) => {
        if (error.temporary) return;
        // The staff took this student out of the course.
        this.topics.get(table)?.close();
        this.topics.delete(table);
        for (const [sign, task] of this.tasks) if (task.courseTableID === table) this.drop(sign);
      },
    }));
  }

  // Signing

  async sign(sign) {
    if (this.working.has(sign)) return;
    const name = this.tasks.get(sign)?.name ?? this.history?.find((log) => log.signID === sign)?.name ?? "";
    this.working.add(sign);
    this.problems.delete(sign);
    this.draw();
    try {
      await this.begin(sign);
      if (await this.finish(sign)) this.say(t("sign.done", { name }));
      this.tasks.delete(sign);
    } catch (error) {
      this.problems.set(sign, error.message);
    }
    this.working.delete(sign);
    this.draw();
    this.look();
  }

  async begin(sign) {
    if (this.begun.get(sign)) return;
    const algorithm = bestAlgorithm(), uuid = device();
    const data = { time: Math.floor(this.hub.now() / 1000), uuid, type: "web" };
    const { signKey } = await call("/sign/student_sign_begin", await beginFields(algorithm, sign, session.get()?.token ?? "", data));
    this.begun.set(sign, { algorithm, uuid, signKey });
  }

  async finish(sign) {
    const { algorithm, uuid, signKey } = this.begun.get(sign);
    // The site lets no page ask where it is; the document has 0 for an unknown position.
    const data = { status: 1, uuid, longitude: 0, latitude: 0 };
    try {
      await call("/sign/student_sign_finish", await finishFields(algorithm, sign, signKey, data));
    } catch (error) {
      if (error.code >= 17700 && error.code < 17710) this.begun.set(sign, null);
      if (error.code !== 17704) throw error;
      // Finished by an earlier try whose answer was lost: the history says how.
      return false;
    }
    this.begun.set(sign, null);
    return true;
  }

  say(sentence) {
    $("done").textContent = sentence;
    $("done").hidden = false;
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => { $("done").hidden = true; }, 8000);
  }

  // Showing

  drawTasks() {
    const focused = document.activeElement?.dataset?.sign, tasks = [...this.tasks.values()];
    $("open").replaceChildren(...(tasks.length ? tasks.map((task) => this.taskView(task)) : [h("li.empty", {}, t("sign.open.none"))]));
    if (focused) $("open").querySelector(`[data-sign="${focused}"]`)?.focus();
    tick(this.hub.now());
  }

  /** At once: a browser draws nothing on a tab in the background, and its title is what a student sees of it. */
  showTitle() {
    this.title ??= document.title;
    document.title = this.tasks.size ? `(${this.tasks.size}) ${this.title}` : this.title;
  }

  taskView(task) {
    const { signID, name, detail, append, count, expireTime } = task, course = this.courses.get(task.courseTableID);
    return h("li.card", {}, h("h3", {}, name), course && !name.includes(course) && h("p.muted", {}, course),
      h("p.until.small", {}, countdown(expireTime), h("span", {}, t("sign.ends", { time: moment(expireTime) })),
        count > 0 && h("span", {}, t("sign.signed.count", { n: count }))),
      detail && h("p.text", {}, detail), append?.length > 0 && notesView(append), this.signButton(signID, name));
  }

  signButton(sign, name) {
    const busy = this.working.has(sign), problem = this.problems.get(sign);
    return h("div.form", {}, problem && h("p.bad.small", { role: "alert" }, problem),
      h("button.primary", { "data-sign": sign, "aria-label": `${t("sign.sign")}: ${name}`, "aria-disabled": String(busy), onclick: () => this.sign(sign) }, t(busy ? "sign.signing" : "sign.sign")));
  }

  async loadHistory() {
    const asked = ++this.asked, query = new URLSearchParams({ show_append: "1", status: $("history-status").value, course: $("history-course").value.trim() });
    try {
      const { list } = await call(`/sign/student_history?${query}`);
      if (this.closed || asked !== this.asked) return;
      Object.assign(this, { history: list.reverse(), listed: `${query}`, isFiltered: Boolean(query.get("status") || query.get("course")) });
      this.drawHistory();
    } catch (error) {
      // A list that is shown already stays, unless another one was asked for.
      if (asked !== this.asked || this.listed === `${query}`) return;
      this.listed = null;
      $("history").replaceChildren(h("li.empty", {}, error.message));
    }
  }

  drawHistory() {
    if (!this.history) return;
    const rest = this.history.length - this.shown;
    $("history").replaceChildren(...this.history.slice(0, this.shown).map((log) => this.logView(log)));
    if (!this.history.length) $("history").append(h("li.empty", {}, t(this.isFiltered ? "sign.history.none" : "sign.history.empty")));
    $("history-count").textContent = this.history.length.toLocaleString();
    $("history-more").hidden = rest <= 0;
  }

  logView({ signID, name, courseName, beginTime, logStatus, expireTime, append }) {
    const canFinish = logStatus === 0 && this.begun.get(signID) && !this.tasks.has(signID) && expireTime * 1000 >= this.hub.now();
    return h("li", {}, h("div", {}, h("div.what", {}, h("b", {}, name), h("small", {}, `${courseName} · ${moment(beginTime)}`),
      append?.length > 0 && notesView(append)),
    canFinish ? this.signButton(signID, name) : h(`span.badge.s${logStatus}`, {}, t(`sign.status.${logStatus}`))));
  }
}
