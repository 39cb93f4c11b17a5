import type { Image } from '@kith/core';
import type { Range } from './draw.ts';

/** A lens out of focus. */
export interface BlurRange {
  /** Chance, 0–1. */
  readonly chance: number;
  /** Standard deviation of the Gaussian, as a share of the image's side. */
  readonly sigma: Range;
}

/** Blur by a Gaussian, along rows and then columns; the frame's pixels go on beyond it. */
export function blur({ width, height, data }: Image, sigmaPx: number): Image {
  const weights = gaussianWeights(sigmaPx);
  const rows = blurAlong(data, weights, { lines: height, lineStep: width * 3, length: width, step: 3 });
  const both = blurAlong(rows, weights, { lines: width, lineStep: 3, length: height, step: width * 3 });
  return { width, height, data: rounded(both) };
}

function rounded(values: Float32Array): Uint8Array {
  const out = new Uint8Array(values.length);
  for (let i = 0; i < out.length; i++) out[i] = (values[i]! + 0.5) | 0;
  return out;
}

/** @returns Of the pixel itself and of those at distance 1, 2, … on either side; all together 1. */
function gaussianWeights(sigmaPx: number): Float32Array {
  const halves = Array.from({ length: Math.ceil(3 * sigmaPx) + 1 }, (_, i) =>
    sigmaPx > 0 ? Math.exp(-(i * i) / (2 * sigmaPx * sigmaPx)) : 1,
  );
  const sum = halves.reduce((total, weight, i) => total + (i === 0 ? weight : 2 * weight), 0);
  return Float32Array.from(halves, (weight) => weight / sum);
}

interface Lines {
  readonly lines: number;
  readonly lineStep: number;
  /** Pixels of a line. */
  readonly length: number;
  readonly step: number;
}

function blurAlong(
  values: Uint8Array | Float32Array,
  weights: Float32Array,
  { lines, lineStep, length, step }: Lines,
): Float32Array {
  const out = new Float32Array(values.length);
  const reach = weights.length - 1;
  // a line with what lies beyond it on either side, three channels a pixel
  const padded = new Float32Array((length + 2 * reach) * 3);
  for (let line = 0; line < lines; line++) {
    const start = line * lineStep;
    for (let p = -reach, o = 0; p < length + reach; p++, o += 3) {
      const from = start + Math.min(length - 1, Math.max(0, p)) * step;
      for (let c = 0; c < 3; c++) padded[o + c] = values[from + c]!;
    }
    for (let p = 0, i = 3 * reach; p < length; p++) {
      for (let c = 0; c < 3; c++, i++) {
        let sum = weights[0]! * padded[i]!;
        for (let k = 1; k <= reach; k++) sum += weights[k]! * (padded[i - 3 * k]! + padded[i + 3 * k]!);
        out[start + p * step + c] = sum;
      }
    }
  }
  return out;
}
