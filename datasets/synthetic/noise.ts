/** A number in [0, 1) for a whole-numbered place, the same every time. */
function hash(x: number, y: number, seed: number): number {
  let h = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ Math.imul(seed, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}

/** Smooth noise in [-1, 1] whose hills are about one unit wide. */
export function noise(x: number, y: number, seed: number): number {
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  const u = smooth(x - x0);
  const v = smooth(y - y0);
  const top = hash(x0, y0, seed) * (1 - u) + hash(x0 + 1, y0, seed) * u;
  const bottom = hash(x0, y0 + 1, seed) * (1 - u) + hash(x0 + 1, y0 + 1, seed) * u;
  return 2 * (top * (1 - v) + bottom * v) - 1;
}

/** Noise of several widths added up, each half as wide and half as high as the last. Range about [-1, 1]. */
export function layeredNoise(x: number, y: number, seed: number, layers = 3): number {
  let sum = 0;
  for (let layer = 0, k = 1; layer < layers; layer++, k *= 2) sum += noise(x * k, y * k, seed + layer) / k;
  return sum / 2;
}

function smooth(t: number): number {
  return t * t * (3 - 2 * t);
}

/** 0 below `from`, 1 above `to`, a smooth slope between; `from` may be the larger. */
export function slope(from: number, to: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
}

/** A hill of height 1 around 0. */
export function hill(dx: number, dy: number, widthX: number, widthY: number): number {
  const d = (dx / widthX) ** 2 + (dy / widthY) ** 2;
  return d > 12 ? 0 : Math.exp(-d / 2);
}
