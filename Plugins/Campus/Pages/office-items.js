// The clock-in items of an activity and their staff.
import { h } from "/assets/ui.js";
import { addWords, t } from "/assets/i18n.js";
import { when } from "/assets/campus-calls.js";
import { ask, askPerson, attempt, localValue, office, table } from "/assets/office-calls.js";

addWords({
  "office.from": ["From", "开始"], "office.to": ["Until", "截止"], "office.done": ["Done", "已打卡"],
  "office.staff": ["Staff", "打卡员"], "office.project": ["Screen", "投屏"], "office.roll": ["Roll", "名单"],
  "office.item.new": ["New item", "新建打卡项"], "office.item.edit": ["Edit", "编辑"], "office.change": ["Change {label}", "编辑“{label}”"],
  "office.delete.item": ["Delete {label} with its records? This cannot be undone.", "删除“{label}”及其打卡记录？此操作无法撤销。"],
  "office.staff.title": ["Who may show the code of {label}", "可展示“{label}”二维码的人员"], "office.staff.add": ["Add somebody", "添加人员"],
});

export class ItemList {
  /** @param {object} activity @param {(item: number) => void} onRoll */
  constructor(activity, onRoll) {
    Object.assign(this, { activity, onRoll, node: h("section.card"), items: [] });
    this.load();
  }

  load() {
    return attempt(async () => {
      this.items = await office(`clockins/?activity=${this.activity.id}`);
      this.draw();
    });
  }

  draw() {
    const button = (key, onclick) => h("button.quiet", { onclick }, t(key));
    this.node.replaceChildren(table(["office.label", "office.from", "office.to", "office.done"].map((key) => t(key)).concat(""), this.items.map((item) => [
      h("b", {}, item.label), when(item.from_time), when(item.to_time), String(item.records),
      h("div.row", {}, h("a", { href: `/projector/${item.id}`, target: "_blank" }, t("office.project")),
        button("office.roll", () => this.onRoll(item.id)), button("office.staff", () => this.showStaff(item)),
        button("office.item.edit", () => this.edit(item)), button("office.delete", () => this.remove(item)))])),
      h("div.row", {}, h("button.primary", { id: "item-new", onclick: () => this.edit(null) }, t("office.item.new"))));
  }

  async edit(item) {
    const time = (key, name, value) => h("label", {}, t(key), h("input", { name, type: "datetime-local", required: true, value: localValue(value) }));
    const given = await ask(item ? t("office.change", item) : t("office.item.new"), t("office.save"),
      h("label", {}, t("office.label"), h("input", { name: "label", required: true, maxlength: 32, value: item?.label ?? "", autocomplete: "off" })),
      time("office.from", "from_time", item?.from_time ?? this.activity.time_start), time("office.to", "to_time", item?.to_time ?? this.activity.time_end));
    if (!given) return;
    const json = Object.fromEntries(given);
    if (await attempt(() => item ? office(`clockins/${item.id}/`, { method: "PUT", json }) : office("clockins/", { json: { ...json, activity: this.activity.id } }))) await this.load();
  }

  async remove(item) {
    if (!await ask(t("office.delete.item", item), t("office.delete"))) return;
    if (await attempt(() => office(`clockins/${item.id}/`, { method: "DELETE" }))) await this.load();
  }

  async showStaff(item) {
    let people = [];
    if (!await attempt(async () => { people = await office(`clockins/${item.id}/staff/`); })) return;
    const list = h("ul.choices"), path = `clockins/${item.id}/staff/`;
    const draw = () => list.replaceChildren(...people.length ? people.map(({ user, username, fullname }) => h("li.row", {}, h("span", {}, `${fullname} `, h("small", {}, username)),
      h("button.quiet", { type: "button", onclick: () => attempt(async () => {
        await office(`${path}${user}/`, { method: "DELETE" });
        people = people.filter((one) => one.user !== user);
        draw();
      }) }, t("office.delete")))) : [h("li.muted", {}, t("office.nothing"))]);
    const title = t("office.staff.title", item);
    const add = h("button", { type: "button", onclick: async () => {
      const person = await askPerson(t("office.staff.add"));
      if (person) await attempt(async () => { people = await office(path, { json: { user: person.id } }); draw(); });
    } }, t("office.staff.add"));
    const dialog = h("dialog", { "aria-label": title, onclose: () => dialog.remove() },
      h("form.form", { method: "dialog" }, h("h2", {}, title), list, h("div.row", {}, add, h("button.primary", {}, t("close")))));
    draw();
    document.body.append(dialog);
    dialog.showModal();
  }
}
