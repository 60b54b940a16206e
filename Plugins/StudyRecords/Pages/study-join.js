// Registration with a student number, which the college confirms.
import { api, h, session } from "/assets/ui.js";
import { t } from "/assets/i18n.js";
import { call } from "/assets/study-calls.js";

/** @returns {Promise<boolean>} true when somebody has registered and is logged in */
export function askToJoin() {
  return new Promise((resolve) => {
    const field = (key, name, properties = {}) => {
      const input = h("input", { name, required: true, ...properties });
      return [input, h("label", {}, t(key), input)];
    };
    const [name, nameLabel] = field("study.join.name", "username", { autocomplete: "username", maxlength: 64 });
    const [password, passwordLabel] = field("login.password", "password", { type: "password", autocomplete: "new-password" });
    const [number, numberLabel] = field("study.join.number", "stu_id", { inputmode: "numeric", autocomplete: "off" });
    const [proof, proofLabel] = field("study.join.proof", "stu_pwd", { type: "password", autocomplete: "off" });
    const problem = h("p.bad.small", { role: "alert" }), submit = h("button.primary", {}, t("study.join"));
    const form = h("form.form", { onsubmit: async (event) => {
      event.preventDefault();
      problem.textContent = "";
      submit.disabled = true;
      try {
        const login = name.value.trim();
        await call("register", { json: { username: login, password: password.value, stu_id: number.value.trim(), stu_pwd: proof.value } });
        const { token, user } = await api("/api/v1/login", { json: { login, password: password.value } });
        session.set({ token, name: user.name, roles: user.roles }, false);
        dialog.close("done");
      } catch (error) {
        problem.textContent = error.message;
      }
      submit.disabled = false;
    } }, h("h2", {}, t("study.join")), nameLabel, passwordLabel, numberLabel, proofLabel,
    h("p.small.muted", {}, t("study.join.why")), problem,
    h("div.row", {}, submit, h("button", { type: "button", onclick: () => dialog.close() }, t("cancel"))));
    const dialog = h("dialog", { "aria-label": t("study.join"), onclose: () => { dialog.remove(); resolve(dialog.returnValue === "done"); } }, form);
    document.body.append(dialog);
    dialog.showModal();
  });
}
