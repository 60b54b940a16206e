// One activity for the office: its facts, whether enrolment is open, its form.
import { h } from "/assets/ui.js";
import { addWords, t } from "/assets/i18n.js";
import { ask, attempt, localValue, office } from "/assets/office-calls.js";
import { FormDesigner } from "/assets/office-form.js";

addWords({
  "office.name": ["Name", "名称"], "office.place": ["Place", "地点"], "office.about": ["Description", "简介"],
  "office.start": ["Begins", "开始时间"], "office.end": ["Ends", "结束时间"], "office.limit": ["Places (empty: no limit)", "人数上限（留空不限）"],
  "office.open": ["Open for enrolment", "开放报名"], "office.zone": ["Times are those of Asia/Shanghai.", "时间为北京时间。"],
  "office.delete.activity": ["Delete {name} with its enrolments and clock-ins? This cannot be undone.", "删除“{name}”及其报名和打卡记录？此操作无法撤销。"],
});

export class ActivityForm {
  /** @param {object|null} activity null for a new one @param {(activity: object|null) => void} onChange */
  constructor(activity, onChange) {
    Object.assign(this, { activity, onChange, node: h("section.card"), designer: new FormDesigner(activity?.form_metas ?? "{}") });
    this.draw();
  }

  draw(said = "") {
    const it = this.activity ?? {}, isOpen = h("input", { type: "checkbox", name: "open_for_enrollment", checked: it.open_for_enrollment });
    const field = (key, name, more) => h("label", {}, t(key), h("input", { name, value: it[name] ?? "", autocomplete: "off", ...more }));
    this.node.replaceChildren(h("form.form", { onsubmit: (event) => { event.preventDefault(); this.save(new FormData(event.target)); } },
      h("div.pair", {}, field("office.name", "name", { required: true, maxlength: 30 }), field("office.place", "location", { required: true, maxlength: 200 })),
      h("div.pair", {}, field("office.start", "time_start", { type: "datetime-local", required: true, value: localValue(it.time_start) }),
        field("office.end", "time_end", { type: "datetime-local", required: true, value: localValue(it.time_end) }),
        field("office.limit", "participants_total_limit", { type: "number", min: 0 })),
      h("p.muted.small", {}, t("office.zone")),
      h("label", {}, t("office.about"), h("textarea", { name: "description", rows: 3 }, it.description ?? "")),
      h("label.check", {}, isOpen, t("office.open")), this.designer.node,
      h("div.row", {}, h("button.primary", { id: "save" }, t("office.save")), said && h("span.muted", { role: "status" }, said),
        this.activity && h("button.quiet", { type: "button", onclick: () => this.remove() }, t("office.delete")))));
  }

  save(data) {
    return attempt(async () => {
      const json = Object.fromEntries(data), limit = json.participants_total_limit;
      json.participants_total_limit = limit === "" ? null : Number(limit);
      json.open_for_enrollment = data.has("open_for_enrollment");
      json.form_metas = this.designer.value();
      const isNew = !this.activity;
      this.activity = await office(isNew ? "activities/" : `activities/${this.activity.id}/`, { method: isNew ? "POST" : "PUT", json });
      this.draw(t("office.saved"));
      this.onChange(this.activity);
    });
  }

  async remove() {
    const { id, name } = this.activity;
    if (!await ask(t("office.delete.activity", { name }), t("office.delete"))) return;
    if (await attempt(() => office(`activities/${id}/`, { method: "DELETE" }))) this.onChange(null);
  }
}
