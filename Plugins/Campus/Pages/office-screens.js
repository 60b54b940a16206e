// Which screens show codes, and which of them is stale.
import { $, h } from "/assets/ui.js";
import { addWords, t } from "/assets/i18n.js";
import { when } from "/assets/campus-calls.js";
import { attempt, office } from "/assets/office-calls.js";

addWords({
  "office.screens": ["Screens", "屏幕"], "screen.current": ["shows the code", "正常"], "screen.outdated": ["shows no current code", "二维码过期"],
  "screen.silent": ["silent since {time}", "{time} 起无响应"], "screen.stale": ["{n} stale", "{n} 台异常"], "screen.forget": ["Forget", "移除"],
});

const STATES = { current: "screen.current", outdated: "screen.outdated", silent: "screen.silent" };

export class Screens {
  list = [];

  constructor(hub) {
    $("screens-card").hidden = false;
    this.topic = hub.subscribe("campus.screens", { onSnapshot: (list) => { this.list = list; this.draw(); }, onEvent: ({ event, ...screen }) => this.take(screen) });
    this.timer = setInterval(() => this.load(), 15_000);
  }

  close() {
    clearInterval(this.timer);
    this.topic.close();
    $("screens-card").hidden = true;
    $("screens").replaceChildren();
  }

  take(screen) {
    const isSame = (one) => one.screen === screen.screen && one.clockin === screen.clockin;
    this.list = [...this.list.filter((one) => !isSame(one)), screen];
    this.draw();
  }

  async load() {
    const list = await office("screens/").catch(() => null);
    if (!list) return;
    this.list = list;
    this.draw();
  }

  draw() {
    const stale = this.list.filter(({ state }) => state !== "current").length;
    $("screens-count").textContent = stale ? t("screen.stale", { n: stale }) : "";
    $("screens").replaceChildren(...this.list.length ? this.list.map((one) => h("li", { "data-state": one.state }, h(`span.dot.${one.state}`),
      h("span", {}, `${one.activity_name} · ${one.label}`, h("small.muted", {}, ` ${t(STATES[one.state], { time: when(one.seen) })}`)),
      one.state === "silent" && h("button.quiet", { onclick: () => attempt(async () => {
        await office(`screens/${one.clockin}/${one.screen}/`, { method: "DELETE" });
        await this.load();
      }) }, t("screen.forget")))) : [h("li.muted", {}, t("office.nothing"))]);
  }
}
