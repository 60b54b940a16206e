// Shared by the parts of the back office: its words, its calls, questions to the person, and tables.
import { $, h, soon } from "/assets/ui.js";
import { addWords, t } from "/assets/i18n.js";
import { call } from "/assets/campus-calls.js";

addWords({
  "office.title": ["Activities: back office", "活动后台"],
  "office.public": ["The page for participants", "参与者页面"],
  "office.gate": ["For administrators, and for the staff of clock-in items.", "供管理员和打卡员使用。"],
  "office.denied": ["This account may not do that.", "此账号没有权限。"],
  "office.activities": ["Activities", "活动"], "office.find": ["Find an activity", "搜索活动"],
  "office.new": ["New", "新建"], "office.more": ["More", "更多"], "office.mine": ["My items", "我的打卡项"],
  "office.nothing": ["Nothing here yet.", "暂无内容。"], "office.choose": ["Choose an activity, or make a new one.", "请选择活动，或新建一个。"],
  "office.choose.item": ["Choose an item to see its roll.", "请选择打卡项查看名单。"],
  "office.save": ["Save", "保存"], "office.delete": ["Delete", "删除"], "office.saved": ["Saved.", "已保存。"],
  "office.reason": ["Reason", "原因"], "office.person": ["Staff number or name", "工号或姓名"],
  "office.tab.details": ["Activity", "活动信息"], "office.tab.items": ["Clock-in items", "打卡项"],
  "office.tab.enrollments": ["Enrolments", "报名"], "office.tab.history": ["Clock-ins", "打卡记录"],
  "office.time": ["Time", "时间"], "office.who": ["Person", "人员"], "office.label": ["Item", "打卡项"],
});

/** A call of the back office. Its refusals name a field where there is one. */
export async function office(path, options) {
  try {
    return await call(`/admin/api/${path}`, options);
  } catch (error) {
    if (error.status === 403) error.message = t("office.denied");
    throw error;
  }
}

/** Does something, and says above the page what went wrong. @returns {Promise<boolean>} whether it worked */
export async function attempt(work) {
  try {
    await work();
    $("problem").hidden = true;
    return true;
  } catch (error) {
    $("problem").textContent = error.message;
    $("problem").hidden = false;
    return false;
  }
}

/** A question in a dialog. @returns {Promise<FormData|null>} what was filled in, null without a yes */
export function ask(question, verb, ...fields) {
  return new Promise((resolve) => {
    const form = h("form.form", { method: "dialog" }, h("h2", {}, question), ...fields,
      h("div.row", {}, h("button.primary", { value: "yes" }, verb), h("button", { value: "no", formnovalidate: true }, t("cancel"))));
    const dialog = h("dialog", { "aria-label": question, onclose: () => { dialog.remove(); resolve(dialog.returnValue === "yes" ? new FormData(form) : null); } }, form);
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** A reason, which the history keeps. @returns {Promise<string|null>} */
export async function askReason(question, verb) {
  const given = await ask(question, verb, h("label", {}, t("office.reason"), h("input", { name: "reason", required: true, maxlength: 200, autocomplete: "off" })));
  return given?.get("reason").trim() || null;
}

/** A person of the faculty. @returns {Promise<{id: number, name: string}|null>} */
export function askPerson(question) {
  return new Promise((resolve) => {
    let chosen = null, turn = 0;
    const found = h("ul.choices"), search = h("input", { type: "search", "aria-label": t("office.person"), placeholder: t("office.person"), autocomplete: "off", maxlength: 60 });
    const look = async () => {
      const mine = ++turn;
      const { results } = await office(`users/?${new URLSearchParams({ search: search.value })}`).catch(() => ({ results: [] }));
      if (mine !== turn) return;
      found.replaceChildren(...results.slice(0, 8).map((user) => {
        const name = `${user.last_name}${user.first_name}`;
        return h("li", {}, h("button", { type: "button", onclick: () => { chosen = { id: user.id, name }; dialog.close(); } }, name, h("small", {}, user.username)));
      }));
    };
    search.addEventListener("input", soon(look, 200));
    const dialog = h("dialog", { "aria-label": question, onclose: () => { dialog.remove(); resolve(chosen); } },
      h("div.form", {}, h("h2", {}, question), search, found, h("button", { onclick: () => dialog.close() }, t("cancel"))));
    document.body.append(dialog);
    dialog.showModal();
    look();
  });
}

/** @param {string[]} headings texts @param {(Node|string)[][]} rows */
export function table(headings, rows) {
  if (!rows.length) return h("p.empty", {}, t("office.nothing"));
  return h("div.table", { tabindex: 0 }, h("table", {}, h("thead", {}, h("tr", {}, ...headings.map((text) => h("th", { scope: "col" }, text)))),
    h("tbody", {}, ...rows.map((cells) => h("tr", {}, ...cells.map((cell) => h("td", {}, cell ?? "")))))));
}

/** The value of a field for date and time, in the zone of the documents. @param {string} iso with `+08:00` */
export const localValue = (iso) => iso ? iso.slice(0, 16) : "";

/** Saves a file that only somebody who is logged in may read. */
export async function download(path, name, token) {
  const answer = await fetch(path, { headers: { token } });
  if (!answer.ok) throw new Error(t("error.answer", { status: answer.status }));
  const link = h("a", { href: URL.createObjectURL(await answer.blob()), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

