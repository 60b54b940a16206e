// The live roll of one item, and the history of its corrections. A tap corrects, with a reason, and can be undone.
import { h, isStaff, soon } from "/assets/ui.js";
import { addWords, t } from "/assets/i18n.js";
import { when } from "/assets/campus-calls.js";
import { ask, askPerson, askReason, attempt, office, table } from "/assets/office-calls.js";

addWords({
  "roll.in": ["in", "已到"], "roll.of": ["enrolled", "已报名"], "roll.missing": ["Not yet", "未打卡"],
  "roll.hand": ["{time}, by hand", "{time}，补录"], "roll.stranger": ["not enrolled", "未报名"],
  "roll.shared": ["same phone as {names}", "与 {names} 共用手机"],
  "roll.add": ["Enter {name} by hand?", "为 {name} 补录打卡？"], "roll.enter": ["Enter", "补录"],
  "roll.remove": ["Take the clock-in of {name} back?", "撤销 {name} 的打卡？"], "roll.take": ["Take back", "撤销打卡"],
  "roll.other": ["Enter somebody else", "补录其他人"], "roll.corrections": ["Corrections", "更正记录"],
  "roll.by": ["By", "操作人"], "roll.change": ["Change", "更正"], "roll.added": ["entered", "补录"], "roll.removed": ["taken back", "撤销"],
  "roll.undo": ["Undo", "还原"], "roll.undone": ["undone {time}", "已于 {time} 还原"], "roll.screen": ["Open the screen", "打开投屏"],
  "roll.look": ["Second look", "二次确认"], "roll.look.title": ["Ask everybody who is in for a second scan, at a moment that nobody knows", "在随机时刻要求已到人员再次扫码"],
  "roll.look.within": ["It begins within (minutes)", "在多少分钟内开始"], "roll.look.minutes": ["Scans count for (minutes)", "扫码有效（分钟）"],
  "roll.look.plan": ["Plan it", "安排"], "roll.seen": ["seen again", "已二次确认"], "roll.unseen": ["not seen again", "未二次确认"],
  "roll.missing.first": ["Missing first", "未到在前"],
});

const CHANGES = { added: "roll.added", removed: "roll.removed" };

export class Roll {
  turn = 0; people = []; corrections = [];

  constructor(hub, item) {
    Object.assign(this, { item, node: h("div.form", { id: "roll" }) });
    this.missingFirst = h("input", { type: "checkbox", onchange: () => this.draw() });
    const again = soon(() => this.load(), 300);
    // The topic of the code brings each clock-in; the code itself is not looked at.
    this.topic = hub.subscribe(`campus.qr.${item}`, { onSnapshot: again, onEvent: ({ event }) => { if (event !== "qr.rotated") again(); } });
    this.load();
  }

  close() { this.topic.close(); }

  load() {
    const mine = ++this.turn;
    return attempt(async () => {
      const [roll, { results }] = await Promise.all([office(`clockins/${this.item}/roll/`), office(`clockin-corrections/?clockin=${this.item}`)]);
      if (mine !== this.turn) return;
      this.roll = roll;
      this.corrections = results;
      this.draw();
    });
  }

  draw() {
    const { roll } = this;
    if (!roll) return;
    const people = this.missingFirst.checked ? [...roll.people].sort((a, b) => Number(Boolean(a.record)) - Number(Boolean(b.record))) : roll.people;
    this.node.replaceChildren(h("section.card.form", {}, h("div.row", {}, h("h2", {}, `${roll.activity_name} · ${roll.label}`), h("a", { href: `/projector/${this.item}`, target: "_blank" }, t("roll.screen"))),
      h("div.totals", {}, h("p.big", {}, h("b", { id: "roll-in" }, String(roll.records)), h("span", {}, t("roll.in"))), h("p.big", {}, h("b", {}, String(roll.enrolled)), h("span", {}, t("roll.of")))),
      h("div.row", {}, h("label.check", {}, this.missingFirst, t("roll.missing.first")), roll.plans_looks && h("button.quiet", { onclick: () => this.planLook() }, t("roll.look")), isStaff() && h("button.quiet", { onclick: () => this.addOther() }, t("roll.other"))),
      h("ul.roll", {}, ...people.map((person) => h("li", {}, this.person(person))))),
      h("section.card", {}, h("h2", {}, t("roll.corrections")), table(["office.time", "office.who", "roll.change", "office.reason", "roll.by"].map((key) => t(key)).concat(""),
        this.corrections.map((one) => [when(one.at), one.fullname, t(CHANGES[one.kind]), one.reason, one.actor,
          one.undone_at ? h("span.muted", {}, t("roll.undone", { time: when(one.undone_at) })) : h("button.quiet", { onclick: () => this.undo(one) }, t("roll.undo"))]))));
  }

  person(person) {
    const { fullname, username, created, record } = person;
    const state = !record ? t("roll.missing") : person.is_by_hand ? t("roll.hand", { time: when(created) }) : when(created);
    return h(record ? "button.in" : "button", { "data-user": person.user, "aria-pressed": String(Boolean(record)), onclick: () => record ? this.remove(person) : this.add(person.user, fullname) },
      h("span.mark", { "aria-hidden": "true" }, record ? "✓" : ""), h("span", {}, fullname, h("small", {}, `${username} · ${state}`),
        person.is_confirmed !== null && h(person.is_confirmed ? "small" : "small.flag", {}, t(person.is_confirmed ? "roll.seen" : "roll.unseen")),
        !person.is_enrolled && h("small", {}, t("roll.stranger")),
        person.shares_phone_with.length > 0 && h("small.flag", {}, t("roll.shared", { names: person.shares_phone_with.join(", ") }))));
  }

  async add(user, name) {
    const reason = await askReason(t("roll.add", { name }), t("roll.enter"));
    if (reason && await attempt(() => office("clockin-records/", { json: { clockin: this.item, user, reason } }))) await this.load();
  }

  async planLook() {
    const minutes = (key, name, value, max) => h("label", {}, t(key), h("input", { name, type: "number", min: 1, max, value, required: true }));
    const given = await ask(t("roll.look.title"), t("roll.look.plan"), minutes("roll.look.within", "within_minutes", 30, 240), minutes("roll.look.minutes", "minutes", 3, 30));
    if (given) await attempt(() => office(`clockins/${this.item}/looks/`, { json: Object.fromEntries(given) }));
  }

  async addOther() {
    const person = await askPerson(t("roll.other"));
    if (person) await this.add(person.id, person.name);
  }

  async remove({ record, fullname }) {
    const reason = await askReason(t("roll.remove", { name: fullname }), t("roll.take"));
    if (reason && await attempt(() => office(`clockin-records/${record}/?${new URLSearchParams({ reason })}`, { method: "DELETE" }))) await this.load();
  }

  async undo({ id }) {
    if (await attempt(() => office(`clockin-corrections/${id}/undo/`, { method: "POST" }))) await this.load();
  }
}
