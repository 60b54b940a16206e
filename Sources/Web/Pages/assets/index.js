import { $, api, begin, connect, duration } from "/assets/ui.js";
import { language, t } from "/assets/i18n.js";

begin();
const set = (id, text) => { $(id).textContent = text; };
const hub = connect("home", (state) => { if (state === "live") hub.measure(); });
hub.subscribe("hub.stats", { onSnapshot: showCounts, onEvent: showCounts });

function showCounts({ accounts, guests, websockets }) {
  for (const [id, count] of [["users", accounts], ["guests", guests], ["connections", websockets]]) {
    if (count !== undefined) set(id, count.toLocaleString(language));
  }
}

/** The way to the server and back, without what a browser and a call need besides. */
function showTrip() {
  const ms = hub.state === "live" ? hub.roundTrip : null;
  set("trip", ms === null ? "–" : ms < 1 ? t("home.ms.less") : t("home.ms", { n: Math.round(ms) }));
}

async function look() {
  hub.measure();
  try {
    const health = await api("/health");
    set("health", t(health.status === "ok" ? "home.health.ok" : "home.health.bad"));
    if (health.uptime_s !== undefined) set("uptime", duration(health.uptime_s * 1000));
    if (health.version) set("version", health.version);
  } catch (error) {
    set("health", error.message);
  }
}

look();
setInterval(look, 10_000);
setInterval(showTrip, 500);
