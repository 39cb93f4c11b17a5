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
  // the image's rows that a row of the square lies between, spread to the square's width; often the row before needed them too
  let [above, below] = [spreadRow(columns), spreadRow(columns)];
  for (let v = 0; v < rows.count; v++) {
    const low = rows.low[v]!;
    const high = rows.high[v]!;
    if (low === below.row) [above, below] = [below, above];
    above.fill(data, width, low);
    below.fill(data, width, high);
    const [lowShare, highShare] = [rows.lowShare[v]!, rows.highShare[v]!];
    const [upper, lower] = [above.values, below.values];
    for (let i = 0, o = v * sidePx * 3; i < upper.length; i++, o++)
      out[o] = lowShare * upper[i]! + highShare * lower[i]!;
  }
  return out;
}

/** One row of an image, spread to the square's width. */
function spreadRow({ count, low, high, lowShare, highShare }: Taps) {
  const values = new Float32Array(count * 3);
  return {
    row: -1,
    values,
    fill(data: Uint8Array, width: number, row: number) {
      if (row === this.row) return;
      this.row = row;
      const start = row * width * 3;
      for (let u = 0, o = 0; u < count; u++, o += 3) {
        const left = start + low[u]! * 3;
        const right = start + high[u]! * 3;
        const share = lowShare[u]!;
        const rest = highShare[u]!;
        values[o] = share * data[left]! + rest * data[right]!;
        values[o + 1] = share * data[left + 1]! + rest * data[right + 1]!;
        values[o + 2] = share * data[left + 2]! + rest * data[right + 2]!;
      }
    },
  };
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
