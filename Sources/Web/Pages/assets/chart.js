// The day as a stepped area: how many people there were at which time.

const WIDTH = 760, HEIGHT = 200, LEFT = 30, RIGHT = 14, TOP = 12, BOTTOM = 26, HOUR = 3600;

function svg(name, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

/** Whole numbers that divide the height into at most four parts. */
function step(top) {
  return [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].find((size) => top / size <= 4) ?? Math.ceil(top / 4);
}

/**
 * @param {[number, number][]} points Unix seconds and people, ascending
 * @param {number} now Unix milliseconds @param {string} label the picture in words
 * @returns {SVGElement}
 */
export function dayChart(points, now, label) {
  const end = now / 1000, shown = points.filter(([time]) => time > end - 24 * HOUR && time <= end);
  const start = Math.min(shown[0]?.[0] ?? end, end - 4 * HOUR);
  const most = Math.max(3, ...shown.map(([, people]) => people)), unit = step(most), top = Math.ceil(most / unit) * unit;
  const x = (time) => LEFT + ((time - start) / (end - start)) * (WIDTH - LEFT - RIGHT);
  const y = (people) => HEIGHT - BOTTOM - (people / top) * (HEIGHT - TOP - BOTTOM);
  const root = svg("svg", { class: "chart", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label });
  for (let people = 0; people <= top; people += unit) {
    root.append(svg("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y(people), y2: y(people) }),
      svg("text", { x: LEFT - 8, y: y(people) + 4, "text-anchor": "end" }, String(people)));
  }
  const every = [1, 2, 3, 4, 6].find((hours) => (end - start) / HOUR / hours <= 9) * HOUR;
  const zone = new Date(now).getTimezoneOffset() * 60; // whole hours of this clock, in zones with half hours too
  for (let time = Math.ceil((start - zone) / every) * every + zone; time <= end; time += every) {
    const hour = new Date(time * 1000).getHours();
    if (x(time) < WIDTH - 24) root.append(svg("text", { x: x(time), y: HEIGHT - 6, "text-anchor": "middle" }, `${hour}:00`));
  }
  if (!shown.length) return root;
  let edge = `M${x(shown[0][0])} ${y(shown[0][1])}`;
  for (const [time, people] of shown.slice(1)) edge += `H${x(time).toFixed(1)}V${y(people).toFixed(1)}`;
  edge += `H${x(end).toFixed(1)}`;
  root.append(svg("path", { class: "area", d: `${edge}V${y(0)}H${x(shown[0][0])}Z` }), svg("path", { class: "edge", d: edge }),
    svg("circle", { class: "now", cx: x(end), cy: y(shown.at(-1)[1]), r: 5 }));
  return root;
}
