import { addWords } from "/assets/i18n.js";
import { $, begin, connect, h } from "/assets/ui.js";

addWords({ "board.title": ["Notices", "公告"] });
begin();

let notices = [];
const show = (newest) => {
  notices = newest;
  $("notices").replaceChildren(...notices.map(({ text }) => h("li", {}, text)));
};
connect("board").subscribe("notices.board", {
  onSnapshot: show,
  onEvent: (notice) => show([notice, ...notices]),
});
