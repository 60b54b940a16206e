// The meeting rooms that are free now, where the campus plugin is there and the reader belongs to the faculty.
import { $, api, clockTime, h, soon } from "/assets/ui.js";
import { addWords, t } from "/assets/i18n.js";

addWords({
  "board.free": ["Rooms free now", "空闲会议室"],
  "board.free.count": ["{n} of {all}", "{n} / {all} 间"],
  "board.free.until": ["until {time}", "至 {time}"],
  "board.free.day": ["for the rest of the day", "今日再无预约"],
  "board.free.none": ["Every room is taken.", "暂无空闲会议室。"],
  "board.free.more": ["and {n} more", "另有 {n} 间"],
});

const MOST = 8;

/** Fills the card `#free-rooms`, which is hidden for everybody else. @param {import("/sdk/muster.js").Muster} hub */
export function showFreeRooms(hub) {
  let turn = 0;
  const hide = () => { turn++; $("free-rooms").hidden = true; };
  const load = soon(async () => {
    const mine = ++turn;
    try {
      const rooms = await api("/meetingrooms/");
      if (mine === turn) show(rooms);
    } catch (error) {
      // Without an answer nothing is known of the rooms; the next event or connection asks again.
      if (mine === turn) hide();
    }
  }, 250);
  hub.subscribe("campus.rooms", { onLive: load, onEvent: load, onError: (error) => { if (!error.temporary) hide(); } });
}

function show(rooms) {
  const free = rooms.filter(({ state }) => state === "free"), rest = free.length - MOST;
  $("free-rooms").hidden = !rooms.length;
  $("free-count").textContent = t("board.free.count", { n: free.length, all: rooms.length });
  $("free-list").replaceChildren(...free.slice(0, MOST).map((room) => h("li", {}, h("b", {}, room.name), " ",
    h("span.muted", {}, room.free_until ? t("board.free.until", { time: clockTime(Date.parse(room.free_until)) }) : t("board.free.day")))));
  if (rest > 0) $("free-list").append(h("li.muted", {}, t("board.free.more", { n: rest })));
  if (!free.length) $("free-list").append(h("li.muted", {}, t("board.free.none")));
}
