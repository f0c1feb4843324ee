// Draws the icon: a key on a dark tile, whose bit is a chart. Each pixel is the mean of what is at sixteen points in it.
import { deflateSync } from "node:zlib";

const SIZE = 128;
const TILE = [29, 36, 51];
const KEY = [255, 196, 87];
const BARS = [94, 210, 170];

/** Distance to a box with round corners. */
function box(x, y, left, top, right, bottom, radius) {
  const dx = Math.max(Math.abs(x - (left + right) / 2) - (right - left) / 2 + radius, 0);
  const dy = Math.max(Math.abs(y - (top + bottom) / 2) - (bottom - top) / 2 + radius, 0);
  return Math.hypot(dx, dy) - radius;
}

/** The colour at a point and how much of it there is. */
function at(x, y) {
  if (box(x, y, 4, 4, 124, 124, 26) > 0) return [0, 0, 0, 0];
  const ring = Math.abs(Math.hypot(x - 38, y - 64) - 18) - 5.5;
  const shaft = box(x, y, 58, 59, 112, 69, 4);
  const teeth = Math.min(box(x, y, 82, 66, 90, 84, 3), box(x, y, 100, 66, 108, 92, 3));
  if (Math.min(ring, shaft, teeth) <= 0) return [...KEY, 255];
  const bars = [[64, 44], [78, 36], [92, 28], [106, 20]].map(([left, top]) => box(x, y, left - 3, top, left + 6, 53, 3));
  return Math.min(...bars) <= 0 ? [...BARS, 255] : [...TILE, 255];
}

function pixel(px, py) {
  const sum = [0, 0, 0, 0];
  for (let step = 0; step < 16; step++) {
    const [r, g, b, a] = at(px + ((step % 4) + 0.5) / 4, py + (Math.floor(step / 4) + 0.5) / 4);
    [r * a, g * a, b * a, a].forEach((part, index) => (sum[index] += part));
  }
  return sum[3] === 0 ? [0, 0, 0, 0] : [sum[0] / sum[3], sum[1] / sum[3], sum[2] / sum[3], sum[3] / 16].map(Math.round);
}

function crc(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return (value ^ 0xffffffff) >>> 0;
}

function chunk(type, data) {
  const [head, body, tail] = [Buffer.alloc(4), Buffer.concat([Buffer.from(type, "ascii"), data]), Buffer.alloc(4)];
  head.writeUInt32BE(data.length);
  tail.writeUInt32BE(crc(body));
  return Buffer.concat([head, body, tail]);
}

/** Returns the icon as a PNG. */
export function icon() {
  const rows = [];
  for (let y = 0; y < SIZE; y++) {
    rows.push(0); // No filter.
    for (let x = 0; x < SIZE; x++) rows.push(...pixel(x, y));
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(SIZE, 0);
  header.writeUInt32BE(SIZE, 4);
  header.set([8, 6, 0, 0, 0], 8); // Eight bits each of red, green, blue and alpha.
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(Buffer.from(rows), { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}
