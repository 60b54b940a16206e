// The enrolment form of an activity: questions as fields, and fields as answers.
import { h } from "/assets/ui.js";

/** @returns {[string, any][]} the questions in their order; none for a text that is no form */
function questions(form) {
  try {
    return Object.entries(JSON.parse(form));
  } catch {
    return [];
  }
}

/**
 * @param {string} form the activity's `form_metas` @param {number} id makes names of groups unique
 * @param {FormData} [given] what was filled in before
 */
export function fieldsOf(form, id, given) {
  return questions(form).map(([question, rule], index) => {
    const name = `q${index}`, standard = rule.default ?? "";
    const text = question + (rule.required ? " *" : "");
    if (rule.type === "radio" || rule.type === "checkbox") {
      const chosen = given ? given.getAll(name) : [standard].flat();
      return h("fieldset", {}, h("legend", {}, text), ...(rule.choices ?? []).map((choice, at) => h("label.check", { for: `${id}-${name}-${at}` },
        h("input", { id: `${id}-${name}-${at}`, type: rule.type, name, value: String(at), checked: given ? chosen.includes(String(at)) : chosen.includes(choice) }), String(choice))));
    }
    const value = given?.get(name) ?? String(standard);
    const field = rule.type === "textarea" ? h("textarea", { name, rows: 3 }, value)
      : h("input", { name, value, autocomplete: "off", inputmode: rule.type === "number" ? "numeric" : null });
    if (rule.required) field.setAttribute("aria-required", "true");
    return h("label", {}, text, field);
  });
}

/** The answers as the server wants them. @param {FormData} data of the fields */
export function answersOf(form, data) {
  const answers = {};
  questions(form).forEach(([question, rule], index) => {
    const name = `q${index}`, choice = (at) => rule.choices[Number(at)];
    if (rule.type === "checkbox") {
      const chosen = data.getAll(name).map(choice);
      answers[question] = chosen.length ? chosen : "";
    } else if (rule.type === "radio") answers[question] = data.has(name) ? choice(data.get(name)) : "";
    else answers[question] = (data.get(name) ?? "").trim();
  });
  return answers;
}
