// Draws the modules that the server sends: no encoder is needed here.
const MARGIN = 4, LIGHT = "#fff", DARK = "#000";

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{size: number, modules: string}} code one bit for each module, row after row, as Base64
 */
export function drawCode(canvas, { size, modules }) {
  const bits = Uint8Array.from(atob(modules), (letter) => letter.charCodeAt(0));
  const side = size + 2 * MARGIN, scale = Math.max(1, Math.floor(2048 / side)), pen = canvas.getContext("2d");
  canvas.width = canvas.height = side * scale;
  pen.fillStyle = LIGHT;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = DARK;
  for (let index = 0; index < size * size; index++) {
    if (!(bits[index >> 3] & 0x80 >> index % 8)) continue;
    const row = Math.floor(index / size), column = index % size;
    pen.fillRect((column + MARGIN) * scale, (row + MARGIN) * scale, scale, scale);
  }
}
