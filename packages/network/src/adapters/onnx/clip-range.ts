/** How values are spread: counts between their least and greatest. */
export interface Spread {
  readonly low: number;
  readonly high: number;
  readonly counts: Float64Array;
}

/** How a value is written in a byte: `(byte − zeroPoint) · scale`. */
export interface Quantization {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** Bounds are tried in steps of this share of the whole range. */
const steps = 64;

/** Narrower than this share of the range is never right for activations. */
const narrowest = 0.3;

/**
 * Choose which range of values the 256 bytes stand for: the one whose squared error is least, rounding within and clipping beyond it.
 * Zero is always one of them, as padding and ReLU need it.
 *
 * @see Krishnamoorthi, Quantizing deep convolutional networks for efficient inference, 2018, §2 (asymmetric scheme).
 */
export function quantizationOf(spread: Spread): Quantization {
  const [low, high] = [Math.min(spread.low, 0), Math.max(spread.high, 0)];
  let best: readonly [number, number] = [low, high];
  for (const end of [1, 0] as const) {
    const tried = Array.from({ length: Math.ceil((1 - narrowest) * steps) }, (_, i) => {
      const bound = best[end]! * (1 - i / steps);
      return (end === 1 ? [best[0], bound] : [bound, best[1]]) as readonly [number, number];
    });
    const errors = tried.map((range) => squaredError(spread, range));
    best = tried[errors.indexOf(Math.min(...errors))]!;
  }
  return bytesFor(best);
}

/** The bytes for a range that has zero in it. */
export function bytesFor([low, high]: readonly [number, number]): Quantization {
  const scale = Math.fround((high - low) / 255) || 1;
  return { scale, zeroPoint: Math.min(255, Math.max(0, Math.round(-low / scale))) };
}

function squaredError({ low, high, counts }: Spread, [from, to]: readonly [number, number]): number {
  const width = (high - low) / counts.length;
  const rounding = ((to - from) / 255) ** 2 / 12;
  let error = 0;
  counts.forEach((count, i) => {
    if (count === 0) return;
    const value = low + (i + 0.5) * width;
    const beyond = Math.max(from - value, value - to, 0);
    error += count * (beyond > 0 ? beyond * beyond : rounding);
  });
  return error;
}
