// One activity: its facts, its form, the reader's enrolment and clock-ins, live.
import { h } from "/assets/ui.js";
import { addWords, t } from "/assets/i18n.js";
import { call, when } from "/assets/campus-calls.js";
import { answersOf, fieldsOf } from "/assets/activity-form.js";

addWords({
  "activity.places": ["{n} of {all} places taken", "已报名 {n} / {all} 人"],
  "activity.count": ["{n} enrolled", "已报名 {n} 人"],
  "activity.closed": ["Enrolment is closed", "报名未开放"],
  "activity.over": ["Over", "已结束"],
  "activity.full": ["Full", "名额已满"],
  "activity.enrol": ["Enrol", "报名"],
  "activity.send": ["Send", "提交报名"],
  "activity.cancel": ["Not now", "取消"],
  "activity.enrolled": ["You are enrolled.", "您已报名。"],
  "activity.withdraw": ["Withdraw", "取消报名"],
  "activity.withdraw.sure": ["Withdraw from {name}? Your place becomes free.", "取消报名“{name}”？名额将被释放。"],
  "activity.clockins": ["Clock-ins", "打卡"],
  "activity.done": ["{label}: done", "{label}：已打卡"],
  "activity.open": ["{label}: not yet", "{label}：未打卡"],
});

export class ActivityCard {
  isAsking = false; isBusy = false; problem = ""; clockins = [];

  constructor(hub, activity) {
    Object.assign(this, { activity, id: activity.id, node: h("li") });
    this.topic = hub.subscribe(`campus.activity.${this.id}`, {
      onSnapshot: (current) => this.take(current),
      onEvent: (data) => this.happened(data),
    });
    this.draw();
    this.load();
  }

  close() { this.topic.close(); }

  take(activity) {
    Object.assign(this.activity, activity);
    this.draw();
  }

  happened({ event, ...data }) {
    if (event === "activity.updated") this.take(data);
    if (event === "enrollment.changed") this.take({ enrollment_count: data.enrollment_count, participants_total_limit: data.participants_total_limit });
  }

  /** The clock-ins of the reader. */
  async load() {
    if (!this.activity.my_enrollment_count) return;
    try {
      this.clockins = await call(`/activities/clockins/${this.id}/`);
      this.draw();
    } catch (error) {
      this.fail(error);
    }
  }

  fail(error) {
    this.problem = error.message;
    this.draw();
  }

  async attempt(work) {
    if (this.isBusy) return;
    this.isBusy = true;
    this.problem = "";
    try { await work(); } catch (error) { this.problem = error.message; }
    this.isBusy = false;
    this.draw();
  }

  enrol(form) {
    return this.attempt(async () => {
      const participating_metas = JSON.stringify(answersOf(this.activity.form_metas, new FormData(form)));
      this.answers = new FormData(form);
      await call("/enrollments/", { json: { activity: this.id, participating_metas } });
      this.enrolled(true);
    });
  }

  withdraw() {
    return this.attempt(async () => {
      const id = await this.enrollment();
      if (id) await call(`/enrollments/${id}/`, { method: "DELETE" });
      this.enrolled(false);
    });
  }

  /** The reader has enrolled or withdrawn, here or on another device. */
  enrolled(isEnrolled) {
    this.activity.my_enrollment_count = isEnrolled ? 1 : 0;
    this.isAsking = false;
    this.clockins = [];
    this.draw();
    this.load();
  }

  /** The id of the reader's enrolment, which the list of activities does not tell. */
  async enrollment() {
    for (let page = 1; ; page++) {
      const { results, next } = await call(`/enrollments/?page=${page}`);
      const found = results.find(({ activity }) => activity === this.id);
      if (found || !next) return found?.id;
    }
  }

  // Showing

  draw() {
    const { activity } = this, limit = activity.participants_total_limit;
    this.node.replaceChildren(h("article.card", { "aria-labelledby": `activity-${this.id}` },
      h("h2", { id: `activity-${this.id}` }, activity.name),
      h("p.facts", {},
        h("span", {}, `${when(activity.time_start)} – ${when(activity.time_end)}`),
        h("span", {}, activity.location),
        h("span", {}, limit == null ? t("activity.count", { n: activity.enrollment_count }) : t("activity.places", { n: activity.enrollment_count, all: limit }))),
      activity.description && h("p.description", {}, activity.description),
      activity.my_enrollment_count ? this.mine() : this.asking(),
      this.problem && h("p.bad.small", { role: "alert" }, this.problem)));
  }

  mine() {
    return h("div.form", {},
      h("div.row", {}, h("span.enrolled", {}, t("activity.enrolled")),
        h("button.quiet", { disabled: this.isBusy, onclick: () => this.askWithdraw() }, t("activity.withdraw"))),
      this.clockins.length > 0 && h("ul.clockins", { "aria-label": t("activity.clockins") },
        ...this.clockins.map(({ label, is_clockin: isDone }) =>
          h(isDone ? "li.done" : "li", {}, t(isDone ? "activity.done" : "activity.open", { label })))));
  }

  asking() {
    const { activity } = this, isFull = activity.participants_total_limit != null && activity.enrollment_count >= activity.participants_total_limit;
    const closed = !activity.open_for_enrollment ? t("activity.closed") : Date.parse(activity.time_end) < Date.now() ? t("activity.over") : isFull ? t("activity.full") : "";
    if (closed) return h("p.muted", {}, closed);
    if (!this.isAsking) return h("div.row", {}, h("button.primary", { onclick: () => { this.isAsking = true; this.draw(); this.node.querySelector("form input, form textarea")?.focus(); } }, t("activity.enrol")));
    return h("form.form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); this.enrol(event.target); } },
      ...fieldsOf(activity.form_metas, this.id, this.answers),
      h("div.row", {}, h("button.primary", { disabled: this.isBusy }, t("activity.send")),
        h("button", { type: "button", onclick: () => { this.isAsking = false; this.draw(); } }, t("activity.cancel"))));
  }

  askWithdraw() {
    const question = t("activity.withdraw.sure", { name: this.activity.name });
    const dialog = h("dialog", { "aria-label": question, onclose: () => { dialog.remove(); if (dialog.returnValue === "yes") this.withdraw(); } },
      h("form.form", { method: "dialog" }, h("p", {}, question), h("div.row", {},
        h("button.primary", { value: "yes" }, t("activity.withdraw")), h("button", { value: "no", autofocus: true }, t("cancel")))));
    document.body.append(dialog);
    dialog.showModal();
  }
}
