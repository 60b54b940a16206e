import { $, api, begin, connect, duration } from "/assets/ui.js";
import { t } from "/assets/i18n.js";

begin();
const set = (id, text) => { $(id).textContent = text; };
const hub = connect("home");
hub.subscribe("hub.stats", { onSnapshot: showCounts, onEvent: showCounts });

function showCounts({ users, connections }) {
  if (users !== undefined) set("users", users.toLocaleString());
  if (connections !== undefined) set("connections", connections.toLocaleString());
}

async function look() {
  try {
    const start = performance.now(), health = await api("/health");
    set("trip", `${Math.max(1, Math.round(performance.now() - start))} ms`);
    set("health", t(health.status === "ok" ? "home.health.ok" : "home.health.bad"));
    if (health.uptime_s !== undefined) set("uptime", duration(health.uptime_s * 1000));
    if (health.version) set("version", health.version);
    showCounts(health);
  } catch (error) {
    set("health", error.message);
  }
}

look();
setInterval(look, 10_000);
