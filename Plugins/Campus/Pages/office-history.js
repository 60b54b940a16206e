// All clock-ins of an activity, the newest first.
import { h } from "/assets/ui.js";
import { t } from "/assets/i18n.js";
import { when } from "/assets/campus-calls.js";
import { attempt, office, table } from "/assets/office-calls.js";

export class History {
  page = 1; found = [];

  constructor(activity) {
    Object.assign(this, { activity, rows: h("div", { id: "history" }), more: h("button.quiet", { hidden: true, onclick: () => this.load(this.page + 1) }, t("office.more")) });
    this.node = h("section.card", {}, this.rows, this.more);
    this.load(1);
  }

  load(page) {
    return attempt(async () => {
      const { results, next } = await office(`clockin-records/?${new URLSearchParams({ activity: this.activity.id, page })}`);
      this.page = page;
      this.found = page === 1 ? results : this.found.concat(results);
      this.more.hidden = !next;
      this.rows.replaceChildren(table(["office.time", "office.label", "office.who"].map((key) => t(key)),
        this.found.map((one) => [when(one.created), one.label, h("span", {}, one.fullname, " ", h("small.muted", {}, one.username))])));
    });
  }
}
