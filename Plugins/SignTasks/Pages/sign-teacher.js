// The teacher's side: making a task, and the list of one's own tasks.
import { $, h, soon } from "/assets/ui.js";
import { t } from "/assets/i18n.js";
import { call, countdown, moment, tick } from "/assets/sign-calls.js";
import { TaskView } from "/assets/sign-task.js";

const PAGE = 30, WEEKDAYS = "日一二三四五六";

/** The name that the document's client proposes; weekdays are those of Shanghai. */
function defaultName({ course, week }, now) {
  const day = WEEKDAYS[new Date(now + 8 * 3_600_000).getUTCDay()], which = week ? `第${week.week}周` : "";
  return `${course.courseName}(${course.teacherName})，${which}上课签到，星期${day}`;
}

export class Teacher {
  /** @type {Map<number, object>} signID → `SignData`, the newest first */ tasks = new Map();
  topics = new Map(); shown = PAGE; proposed = ""; asked = 0; view = null;

  constructor(hub) {
    this.hub = hub;
    this.draw = soon(() => this.drawTasks(), 250);
    $("new").onsubmit = (event) => { event.preventDefault(); this.create(); };
    $("new-course").onchange = () => this.prepare();
    $("tasks-more").onclick = () => { this.shown += PAGE; this.draw(); };
    this.fromAddress = () => this.open(Number(location.hash.slice(1)) || 0);
    addEventListener("hashchange", this.fromAddress);
    this.timer = setInterval(() => this.passTime(), 1000);
    $("teacher").hidden = false;
    this.start();
  }

  close() {
    this.closed = true;
    this.view?.close();
    for (const topic of this.topics.values()) topic.close();
    clearInterval(this.timer);
    removeEventListener("hashchange", this.fromAddress);
    $("teacher").hidden = true;
  }

  async start() {
    try {
      const [courses] = await Promise.all([call("/course_table/search?search_type=teacher&status=0"), this.load()]);
      if (this.closed) return;
      this.takeCourses(courses.list.map(({ course }) => course));
      this.fromAddress();
    } catch (error) {
      if (this.closed) return;
      $("new-problem").textContent = error.message;
      setTimeout(() => { if (!this.closed) this.start(); }, 5000);
    }
  }

  takeCourses(courses) {
    $("new").hidden = courses.length === 0;
    $("new-none").hidden = courses.length > 0;
    $("new-course").replaceChildren(...courses.map((course) =>
      h("option", { value: course.courseTableID }, `${course.courseName} · ${course.deptNickName} ${course.enrolYear} (${course.courseTableID})`)));
    for (const { courseTableID } of courses) if (!this.topics.has(courseTableID)) this.follow(courseTableID);
    if (courses.length) this.prepare();
  }

  async load() {
    const missed = this.missed ??= [];
    const { list } = await call("/sign/teacher_list?show_append=1").finally(() => { this.missed = null; });
    this.tasks = new Map(list.map((task) => [task.signID, task]));
    // The list may be older than these. A note that came twice would stand there twice.
    for (const data of missed) if (data.event !== "sign.appended") this.happened(data);
    this.draw();
    this.view?.changed(this.tasks.get(this.view.sign));
  }

  follow(table) {
    this.topics.set(table, this.hub.subscribe(`sign.course.${table}`, {
      onEvent: (data) => this.happened(data),
      onLive: ({ first }) => { if (!first) this.load().catch(() => {}); },
    }));
  }

  happened(data) {
    this.missed?.push(data);
    if (data.event === "sign.created" && !this.tasks.has(data.sign.signID)) this.tasks = new Map([[data.sign.signID, data.sign], ...this.tasks]);
    const task = this.tasks.get(data.signID);
    if (task) this.change(task, data);
    this.draw();
  }

  change(task, data) {
    if (data.event === "sign.appended") task.append = [...(task.append ?? []), data.append];
    else if (data.event === "sign.detail") task.detail = data.detail;
    else if (data.event === "sign.count") task.count = data.count;
    // Ended early: the event does not say when.
    else if (data.event === "sign.expired") task.expireTime = Math.min(task.expireTime, Math.floor(this.hub.now() / 1000) - 1);
    if (this.view?.sign === task.signID) this.view.changed(task);
  }

  isRunning(task) { return task.expireTime * 1000 + 999 >= this.hub.now(); }

  passTime() {
    const running = [...this.tasks.values()].filter((task) => this.isRunning(task)).length;
    if (running !== this.running) { this.running = running; this.draw(); this.view?.draw(); }
    tick(this.hub.now());
  }

  // A new task

  async prepare() {
    const asked = ++this.asked;
    try {
      const prepared = await call(`/sign/prepare?course_table_id=${$("new-course").value}`);
      if (asked !== this.asked) return;
      const name = defaultName(prepared, this.hub.now());
      // A name typed by the teacher stays; a proposed one follows the course.
      if (["", this.proposed].includes($("new-name").value)) $("new-name").value = name;
      this.proposed = name;
      $("new-classes").textContent = t("sign.classes", {
        week: prepared.week?.week ?? "–", classes: prepared.classInfo.map(({ className }) => className).join(", ") || "–",
      });
      $("new-problem").textContent = "";
    } catch (error) {
      if (asked === this.asked) $("new-problem").textContent = error.message;
    }
  }

  async create() {
    $("new-create").disabled = true;
    try {
      const { signID } = await call("/sign/create", {
        course_table_id: $("new-course").value, name: $("new-name").value, time: $("new-minutes").value, detail: $("new-detail").value,
      });
      $("new-problem").textContent = $("new-detail").value = "";
      $("new-name").value = this.proposed;
      // The task is there, whether or not the list comes.
      await this.load().catch(() => {});
      location.hash = signID;
    } catch (error) {
      $("new-problem").textContent = error.message;
      if (error.code === 17107 || error.code === 17103) $("new-name").focus();
    }
    $("new-create").disabled = false;
  }

  // One task

  open(sign) {
    if (this.view?.sign === sign) return;
    this.view?.close();
    this.view = null;
    const task = this.tasks.get(sign);
    $("teacher").classList.toggle("inside", Boolean(task));
    if (task) this.view = new TaskView(this, task);
    else $("task").replaceChildren(h("p.empty", {}, t("sign.pick")));
    this.draw();
  }

  drawTasks() {
    const focused = document.activeElement?.dataset?.task, tasks = [...this.tasks.values()];
    tasks.sort((a, b) => this.isRunning(b) - this.isRunning(a) || b.signID - a.signID);
    $("tasks").replaceChildren(...tasks.slice(0, this.shown).map((task) => this.row(task)));
    if (!tasks.length) $("tasks").append(h("li.empty", {}, t("sign.tasks.none")));
    $("tasks-more").hidden = tasks.length <= this.shown;
    if (focused) $("tasks").querySelector(`[data-task="${focused}"]`)?.focus();
    tick(this.hub.now());
  }

  row(task) {
    const running = this.isRunning(task);
    return h("li", {}, h("button", { "data-task": task.signID, "aria-current": this.view?.sign === task.signID && "true", onclick: () => { location.hash = task.signID; } },
      h("span.what", {}, h("b", {}, task.name), h("small", {}, running ? countdown(task.expireTime) : moment(task.time))),
      h(running ? "span.badge.running" : "span.badge", {}, String(task.count))));
  }
}
