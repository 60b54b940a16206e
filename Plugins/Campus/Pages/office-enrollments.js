// The enrolments of an activity: readable answers, what is done, the filter language, and a file of it all.
import { h, session, soon } from "/assets/ui.js";
import { addWords, t } from "/assets/i18n.js";
import { when } from "/assets/campus-calls.js";
import { answersOf, fieldsOf } from "/assets/activity-form.js";
import { ask, askPerson, attempt, download, office, table } from "/assets/office-calls.js";

addWords({
  "office.filter": ["Clock-in filter", "打卡筛选"],
  "office.filter.bad": ["This filter cannot be read. It takes labels, the Chinese words for and, or and not, and brackets.", "筛选表达式不合法，可用标签、且、或、未和括号。"],
  "office.enrolled": ["Enrolled", "报名时间"], "office.export": ["Spreadsheet (.xlsx)", "导出表格（.xlsx）"], "office.enrol": ["Enrol somebody", "代为报名"],
  "office.count": ["{n} enrolled", "共 {n} 人"], "office.withdraw.sure": ["Take {name} out of {activity}?", "取消 {name} 在“{activity}”的报名？"],
  "office.withdraw": ["Remove", "移除"], "office.yes": ["Yes", "是"], "office.no": ["No", "否"],
});

const BAD_FILTER = "打卡筛选表达式不合法。";

/** An answer as a person reads it. */
const readable = (value) => Array.isArray(value) ? value.join(", ") : value === null || value === undefined ? "" : String(value);

function parsed(text) {
  try { return JSON.parse(text) ?? {}; } catch { return {}; }
}

export class EnrollmentList {
  page = 1; turn = 0;

  constructor(activity) {
    this.activity = activity;
    this.filter = h("input", { id: "filter", type: "search", placeholder: "签到但未签退", maxlength: 200, autocomplete: "off", oninput: soon(() => this.load(), 300) });
    this.problem = h("p.bad.small", { role: "alert", hidden: true });
    this.rows = h("div", { id: "enrollments" });
    this.count = h("span.muted.small", {});
    this.more = h("button.quiet", { hidden: true, onclick: () => this.load(true) }, t("office.more"));
    this.node = h("section.card", {}, h("div.form", {},
      h("div.row", {}, h("label", {}, t("office.filter"), this.filter), this.count),
      h("div.row", {}, h("button", { id: "enrol", onclick: () => this.enrol() }, t("office.enrol")), h("button", { id: "export", onclick: () => this.save() }, t("office.export"))),
      this.problem, this.rows, this.more));
    this.load();
  }

  get query() { return new URLSearchParams({ activity: this.activity.id, clockin: this.filter.value.trim() }); }

  async load(isMore = false) {
    const mine = ++this.turn, query = this.query;
    this.page = isMore ? this.page + 1 : 1;
    query.set("page", this.page);
    try {
      this.items ??= await office(`clockins/?activity=${this.activity.id}`);
      const { results, count, next } = await office(`enrollments/?${query}`);
      if (mine !== this.turn) return;
      this.found = isMore ? this.found.concat(results) : results;
      this.count.textContent = t("office.count", { n: count });
      this.more.hidden = !next;
      this.problem.hidden = true;
      this.draw();
    } catch (error) {
      if (mine !== this.turn) return;
      this.problem.textContent = error.code === BAD_FILTER ? t("office.filter.bad") : error.message;
      this.problem.hidden = false;
    }
  }

  draw() {
    const questions = Object.keys(parsed(this.activity.form_metas)), labels = this.items.map(({ label }) => label);
    this.rows.replaceChildren(table([t("office.who"), t("office.enrolled"), ...questions, ...labels, ""], this.found.map((one) => {
      const answers = parsed(one.participating_metas);
      return [h("span", {}, one.fullname, " ", h("small.muted", {}, one.username)), when(one.enroll_time), ...questions.map((question) => readable(answers[question])),
        ...labels.map((label) => one.clockins.includes(label) ? h("span", { "aria-label": t("office.yes") }, "✓") : h("span.muted", { "aria-label": t("office.no") }, "–")),
        h("button.quiet", { onclick: () => this.withdraw(one) }, t("office.withdraw"))];
    })));
  }

  async withdraw({ id, fullname }) {
    if (!await ask(t("office.withdraw.sure", { name: fullname, activity: this.activity.name }), t("office.withdraw"))) return;
    if (await attempt(() => office(`enrollments/${id}/`, { method: "DELETE" }))) await this.load();
  }

  async enrol() {
    const person = await askPerson(t("office.enrol"));
    if (!person) return;
    const form = this.activity.form_metas, fields = fieldsOf(form, "office");
    const given = await ask(person.name, t("office.enrol"), ...fields);
    if (!given) return;
    const participating_metas = answersOf(form, given);
    if (await attempt(() => office("enrollments/", { json: { activity: this.activity.id, user: person.id, participating_metas } }))) await this.load();
  }

  save() {
    const path = `/admin/api/activities/${this.activity.id}/enrollments.xlsx?${this.query}`;
    return attempt(() => download(path, `${this.activity.name}.xlsx`, session.get()?.token ?? ""));
  }
}
