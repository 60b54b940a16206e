// For the staff: course tables, who chose them, lists to take in, and when a term begins.
import { $, api, h, soon } from "/assets/ui.js";
import { t } from "/assets/i18n.js";
import { sure } from "/assets/sign-calls.js";

const BASE = "/admin/api/sign", SHOWN = 200;
const COLUMNS = {
  courses: "course_table_id,teacher,course,department,enrol_year,year,term,from_week,end_week,status,classes",
  classes: "class,student",
  selections: "course_table_id,student",
};

/** The server's words where it has some: they name the line of a list that is wrong. */
const sentence = (error) => error.answer?.message ?? error.message;

export class Staff {
  courses = []; checked = null;

  constructor() {
    $("staff").hidden = false;
    $("courses-find").oninput = soon(() => this.draw(), 200);
    $("import").onsubmit = (event) => { event.preventDefault(); this.take(event.submitter?.value === "take"); };
    $("import-kind").onchange = () => this.edited();
    $("import-text").oninput = () => this.edited();
    $("import-file").onchange = () => this.read();
    $("term").onsubmit = (event) => { event.preventDefault(); this.setTerm(); };
    $("term-year").value ||= String(new Date().getFullYear());
    this.edited();
    this.load();
  }

  close() { $("staff").hidden = true; }

  async load() {
    try {
      ({ courses: this.courses } = await api(`${BASE}/courses`));
      this.draw();
    } catch (error) {
      $("courses").replaceChildren(h("p.bad", {}, sentence(error)));
    }
  }

  draw() {
    const wanted = $("courses-find").value.trim().toLowerCase();
    const found = this.courses.filter((course) => `${course.courseTableID} ${course.courseName} ${course.teacherName}`.toLowerCase().includes(wanted));
    $("courses-count").textContent = found.length.toLocaleString();
    const headings = ["sign.number", "sign.course", "sign.teacher", "sign.status"].map((key) => h("th", { scope: "col" }, t(key)));
    $("courses").replaceChildren(h("table", {}, h("thead", {}, h("tr", {}, ...headings, h("td"))), h("tbody", {},
      ...found.slice(0, SHOWN).map((course) => this.row(course)))));
    if (found.length > SHOWN) $("courses").append(h("p.muted.small", {}, t("sign.and", { n: found.length - SHOWN })));
  }

  row(course) {
    return h("tr", {}, h("td", {}, String(course.courseTableID)), h("td", {}, course.courseName), h("td", {}, course.teacherName),
      h("td", {}, t(`sign.running.${course.status}`)), h("td", {}, h("button.quiet", { onclick: () => this.showStudents(course) }, t("sign.students"))));
  }

  async showStudents({ courseTableID, courseName }) {
    const path = `${BASE}/courses/${courseTableID}/students`;
    let students;
    try { ({ students } = await api(path)); } catch (error) { return void $("courses").prepend(h("p.bad", { role: "alert" }, sentence(error))); }
    const dialog = h("dialog", { "aria-label": courseName, onclose: () => dialog.remove() }, h("form.form", { method: "dialog" },
      h("h2", {}, courseName), students.length ? h("ul.rows", {}, ...students.map((student) => this.student(path, student))) : h("p.muted", {}, t("sign.students.none")),
      h("button", {}, t("close"))));
    document.body.append(dialog);
    dialog.showModal();
  }

  student(path, { studentID, name, uid }) {
    const problem = h("small.bad", { role: "alert" });
    const row = h("li", {}, h("div", {}, h("span.what", {}, h("b", {}, name), h("small", {}, uid), problem),
      h("button.quiet", { type: "button", "aria-label": `${t("sign.remove")}: ${name}`, onclick: async () => {
        if (!await sure(t("sign.remove.sure", { name }), t("sign.remove"))) return;
        try {
          await api(`${path}/${studentID}`, { method: "DELETE" });
          row.remove();
        } catch (error) {
          problem.textContent = sentence(error);
        }
      } }, t("sign.remove"))));
    return row;
  }

  // A list is checked before it can be taken in.

  edited() {
    // A line breaks between columns only.
    $("import-columns").replaceChildren(...COLUMNS[$("import-kind").value].split(/(?<=,)/).flatMap((column) => [column, h("wbr")]));
    $("import-take").disabled = true;
    $("import-answer").textContent = "";
  }

  async read() {
    const [file] = $("import-file").files;
    if (!file) return;
    $("import-text").value = await file.text();
    this.edited();
  }

  async take(forGood) {
    const list = { kind: $("import-kind").value, csv: $("import-text").value }, answer = $("import-answer");
    $("import-take").disabled = $("import-check").disabled = true;
    try {
      const { lines } = await api(`${BASE}/import`, { json: { ...list, dry_run: !forGood } });
      answer.textContent = t(forGood ? "sign.import.taken" : "sign.import.good", { n: lines });
      answer.className = "small number";
      // Only what was checked may be taken in: it may have been changed meanwhile.
      $("import-take").disabled = forGood || list.csv !== $("import-text").value || list.kind !== $("import-kind").value;
      if (forGood) await this.load();
    } catch (error) {
      answer.textContent = sentence(error);
      answer.className = "small bad";
    }
    $("import-check").disabled = false;
  }

  async setTerm() {
    const answer = $("term-answer");
    try {
      const { week } = await api(`${BASE}/weeks`, { json: {
        year: Number($("term-year").value), term: Number($("term-which").value), begin_date: $("term-monday").value,
      } });
      answer.textContent = week ? t("sign.term.done", { week: week.week }) : t("sign.term.later");
      answer.className = "small number";
    } catch (error) {
      answer.textContent = sentence(error);
      answer.className = "small bad";
    }
  }
}
