// The designer of an enrolment form: questions in their order, each with its rule.
import { h } from "/assets/ui.js";
import { addWords, t } from "/assets/i18n.js";

addWords({
  "design.title": ["Enrolment form", "报名表"], "design.add": ["Add a question", "添加问题"],
  "design.name": ["Question", "问题"], "design.type": ["Answer", "回答方式"], "design.required": ["Required", "必填"],
  "design.choices": ["Choices, one a line", "选项（每行一个）"], "design.default": ["Default", "默认值"],
  "design.text": ["A line of text", "单行文本"], "design.textarea": ["Several lines", "多行文本"], "design.number": ["A whole number", "整数"],
  "design.radio": ["One of several", "单选"], "design.checkbox": ["Any of several", "多选"],
  "design.up": ["Up", "上移"], "design.remove": ["Remove", "删除"],
  "design.broken": ["The stored form cannot be read. Saving replaces it.", "原报名表无法读取，保存后将被替换。"],
  "design.twice": ["Two questions have one name: {name}", "问题重复：{name}"],
  "design.none": ["“{name}” needs choices.", "“{name}”需要选项。"],
});

const KINDS = { text: "design.text", textarea: "design.textarea", number: "design.number", radio: "design.radio", checkbox: "design.checkbox" };
const lines = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);

export class FormDesigner {
  /** @param {string} form `form_metas` of the activity */
  constructor(form) {
    this.node = h("fieldset.form", {});
    this.questions = [];
    try {
      this.questions = Object.entries(JSON.parse(form)).map(([name, rule]) => ({ name, rule: { ...rule } }));
    } catch { this.isBroken = true; }
    this.draw();
  }

  /** The form as the server wants it. Throws a sentence. */
  value() {
    const form = {};
    for (const { name, rule } of this.questions) {
      const key = name.trim();
      if (!key) continue;
      if (key in form) throw new Error(t("design.twice", { name: key }));
      const { type, required = false, choices = [] } = rule, hasChoices = type === "radio" || type === "checkbox";
      if (hasChoices && !choices.length) throw new Error(t("design.none", { name: key }));
      form[key] = { required, type, ...hasChoices && { choices } };
      const chosen = type === "checkbox" ? [rule.default ?? []].flat().filter((one) => choices.includes(one)) : rule.default;
      if (chosen != null && chosen !== "" && (type !== "checkbox" || chosen.length)) form[key].default = chosen;
    }
    return form;
  }

  draw() {
    this.node.replaceChildren(h("legend", {}, t("design.title")), ...this.isBroken ? [h("p.bad.small", {}, t("design.broken"))] : [],
      ...this.questions.map((question, index) => this.question(question, index)),
      h("div", {}, h("button", { type: "button", onclick: () => { this.questions.push({ name: "", rule: { type: "text" } }); this.draw(); this.node.querySelector(".question:last-of-type input")?.focus(); } }, t("design.add"))));
  }

  question(question, index) {
    const { rule } = question, hasChoices = rule.type === "radio" || rule.type === "checkbox";
    const name = h("input", { value: question.name, maxlength: 60, autocomplete: "off", oninput: () => { question.name = name.value; } });
    const type = h("select", { onchange: () => { rule.type = type.value; delete rule.default; this.draw(); } },
      ...Object.entries(KINDS).map(([kind, words]) => h("option", { value: kind, selected: rule.type === kind }, t(words))));
    const required = h("input", { type: "checkbox", checked: rule.required, onchange: () => { rule.required = required.checked; } });
    const choices = h("textarea", { rows: 3, oninput: () => { rule.choices = lines(choices.value); } }, (rule.choices ?? []).join("\n"));
    const standard = h("input", { value: [rule.default ?? ""].flat().join(", "), autocomplete: "off", oninput: () => {
      rule.default = rule.type === "checkbox" ? standard.value.split(/[,，]/).map((one) => one.trim()) : standard.value.trim();
    } });
    return h("div.question", {}, h("div.pair", {}, h("label", {}, t("design.name"), name), h("label", {}, t("design.type"), type)),
      hasChoices && h("label", {}, t("design.choices"), choices), h("label", {}, t("design.default"), standard),
      h("div.row", {}, h("label.check", {}, required, t("design.required")),
        h("button.quiet", { type: "button", disabled: index === 0, onclick: () => { this.questions.splice(index - 1, 0, ...this.questions.splice(index, 1)); this.draw(); } }, t("design.up")),
        h("button.quiet", { type: "button", onclick: () => { this.questions.splice(index, 1); this.draw(); } }, t("design.remove"))));
  }
}
