import type { Image } from '@kith/core';

/**
 * Bring an image to a square: black below or to the right of it, then bilinear, pixel 0 on pixel 0, as face-api does.
 *
 * A share of the square's side, times the image's longer side, is a place in px of the image.
 *
 * @param sidePx - Side of the square.
 * @returns RGB in 0–255, not rounded. Shape `[sidePx, sidePx, 3]`.
 */
export function letterbox({ width, height, data }: Image, sidePx: number): Float32Array {
  const longer = Math.max(width, height);
  const columns = taps(longer, width, sidePx);
  const rows = taps(longer, height, sidePx);
  const out = new Float32Array(sidePx * sidePx * 3);
  for (let v = 0; v < rows.count; v++) {
    const upper = rows.low[v]! * width * 3;
    const lower = rows.high[v]! * width * 3;
    const [upperShare, lowerShare] = [rows.lowShare[v]!, rows.highShare[v]!];
    for (let u = 0, o = v * sidePx * 3; u < columns.count; u++) {
      const left = columns.low[u]! * 3;
      const right = columns.high[u]! * 3;
      const [leftShare, rightShare] = [columns.lowShare[u]!, columns.highShare[u]!];
      for (let c = 0; c < 3; c++, o++) {
        const above = leftShare * data[upper + left + c]! + rightShare * data[upper + right + c]!;
        const below = leftShare * data[lower + left + c]! + rightShare * data[lower + right + c]!;
        out[o] = upperShare * above + lowerShare * below;
      }
    }
  }
  return out;
}

/** For each place along the square's side: the two px of the image that it lies between, and their shares. */
interface Taps {
  /** Places beyond this show only black. */
  readonly count: number;
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly lowShare: Float32Array;
  readonly highShare: Float32Array;
}

function taps(longer: number, size: number, sidePx: number): Taps {
  const low = new Int32Array(sidePx);
  const high = new Int32Array(sidePx);
  const lowShare = new Float32Array(sidePx);
  const highShare = new Float32Array(sidePx);
  let count = 0;
  for (; count < sidePx; count++) {
    const at = (count * longer) / sidePx;
    const floor = Math.floor(at);
    if (floor >= size) break;
    low[count] = floor;
    high[count] = Math.min(floor + 1, size - 1);
    lowShare[count] = 1 - (at - floor);
    // beyond the image's last px is black, beyond the square's the px itself
    if (floor + 1 < size || size === longer) highShare[count] = at - floor;
  }
  return { count, low, high, lowShare, highShare };
}
