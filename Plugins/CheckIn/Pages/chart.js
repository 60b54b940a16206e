// The day as a stepped area: how many people there were at which time.

import { local } from "/assets/zone.js";

const HOUR = 3600, QUARTER = HOUR / 4;

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

/** The last point of each column of pixels: a busy day has more points than a screen. */
const onePerPixel = (points, x) => points.filter(([time], at) => at > 0 && (at + 1 === points.length || Math.floor(x(points[at + 1][0])) > Math.floor(x(time))));

/**
 * @param {[number, number][]} points Unix seconds and people, ascending
 * @param {{width: number, height: number, now: number}} frame pixels and Unix milliseconds
 * @param {string} label the picture in words
 * @returns {SVGElement}
 */
export function dayChart(points, { width, height, now }, label) {
  const em = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const right = .75 * em, top = .75 * em, bottom = 1.75 * em;
  const end = now / 1000, shown = points.filter(([time]) => time > end - 24 * HOUR && time <= end);
  const start = Math.min(shown[0]?.[0] ?? end, end - 4 * HOUR);
  const most = shown.reduce((most, [, people]) => Math.max(most, people), 3), unit = step(most), ceiling = Math.ceil(most / unit) * unit;
  const left = em * (1 + .5 * String(ceiling).length);
  const x = (time) => left + ((time - start) / (end - start)) * (width - left - right);
  const y = (people) => height - bottom - (people / ceiling) * (height - top - bottom);
  const root = svg("svg", { class: "chart", width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
  for (let people = 0; people <= ceiling; people += unit) {
    root.append(svg("line", { x1: left, x2: width - right, y1: y(people), y2: y(people) }),
      svg("text", { x: left - em / 2, y: y(people) + em / 4, "text-anchor": "end" }, String(people)));
  }
  const every = [1, 2, 3, 4, 6].find((hours) => (end - start) / HOUR / hours <= (width - left) / (5 * em)) ?? 8;
  // Some zones lie quarters of an hour apart, and their clocks may be changed between two hours of the picture.
  for (let time = Math.ceil(start / QUARTER) * QUARTER; time <= end; time += QUARTER) {
    const clock = local(time * 1000);
    if (clock.getUTCMinutes() || clock.getUTCHours() % every || x(time) >= width - 1.5 * em) continue;
    root.append(svg("text", { x: x(time), y: height - em / 3, "text-anchor": "middle" }, `${clock.getUTCHours()}:00`));
  }
  if (!shown.length) return root;
  let edge = `M${x(shown[0][0])} ${y(shown[0][1])}`;
  for (const [time, people] of onePerPixel(shown, x)) edge += `H${x(time).toFixed(1)}V${y(people).toFixed(1)}`;
  edge += `H${x(end).toFixed(1)}`;
  root.append(svg("path", { class: "area", d: `${edge}V${y(0)}H${x(shown[0][0])}Z` }), svg("path", { class: "edge", d: edge }),
    svg("circle", { class: "now", cx: x(end), cy: y(shown.at(-1)[1]), r: em / 3 }));
  return root;
}
