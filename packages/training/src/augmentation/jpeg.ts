import type { Image } from '@kith/core';
import type { Range } from './draw.ts';

/** A photo that was saved with loss. */
export interface JpegRange {
  /** Chance, 0–1. */
  readonly chance: number;
  /** As libjpeg counts it, 1–100. */
  readonly quality: Range;
}

/** Steps of quantization at quality 50, row by row. @see ITU-T T.81, 1992, annex K, tables K.1 and K.2. */
const lumaSteps = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
  87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
  72, 92, 95, 98, 112, 100, 103, 99,
];
const chromaSteps = [
  17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99,
];

/** One channel, centred on 0; its sides are whole numbers of blocks. */
interface Plane {
  readonly width: number;
  readonly data: Float32Array;
}

/**
 * Lose of an image what JPEG loses: colour at half the resolution (4:2:0) and the quantized part of each 8 × 8 block's frequencies.
 * No bytes are made, since what follows the quantization loses nothing.
 */
export function loseByJpeg(image: Image, quality: number): Image {
  const [luma, blue, red] = toPlanes(image);
  quantize(luma, stepsAt(quality, lumaSteps));
  quantize(blue, stepsAt(quality, chromaSteps));
  quantize(red, stepsAt(quality, chromaSteps));
  return fromPlanes([luma, blue, red], image);
}

/** Steps at a quality, as libjpeg scales them but for its whole percents. Shape `[64]`. */
function stepsAt(quality: number, steps: readonly number[]): Float32Array {
  const percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;
  return Float32Array.from(steps, (step) => Math.min(255, Math.max(1, Math.floor((step * percent + 50) / 100))));
}

/** Luma, and blue and red differences averaged over two by two pixels; beyond the frame its pixels go on. */
function toPlanes({ width, height, data }: Image): [luma: Plane, blue: Plane, red: Plane] {
  const w = Math.ceil(width / 16) * 16;
  const h = Math.ceil(height / 16) * 16;
  const luma = new Float32Array(w * h);
  const blue = new Float32Array((w * h) / 4);
  const red = new Float32Array((w * h) / 4);
  for (let y = 0, o = 0; y < h; y++) {
    const row = Math.min(y, height - 1) * width;
    for (let x = 0; x < w; x++, o++) {
      const i = (row + Math.min(x, width - 1)) * 3;
      const value = 0.299 * data[i]! + 0.587 * data[i + 1]! + 0.114 * data[i + 2]!;
      luma[o] = value - 128;
      const half = (y >> 1) * (w >> 1) + (x >> 1);
      blue[half]! += (0.25 * (data[i + 2]! - value)) / 1.772;
      red[half]! += (0.25 * (data[i]! - value)) / 1.402;
    }
  }
  return [
    { width: w, data: luma },
    { width: w / 2, data: blue },
    { width: w / 2, data: red },
  ];
}

function fromPlanes([luma, ...halves]: readonly [Plane, Plane, Plane], { width, height }: Image): Image {
  const [blue, red] = halves.map(enlarge) as [Plane, Plane];
  const out = new Uint8ClampedArray(width * height * 3);
  for (let y = 0, o = 0; y < height; y++) {
    for (let x = 0, i = y * luma.width; x < width; x++, i++, o += 3) {
      const value = luma.data[i]! + 128;
      const b = blue.data[i]!;
      const r = red.data[i]!;
      out[o] = value + 1.402 * r;
      out[o + 1] = value - 0.344136 * b - 0.714136 * r;
      out[o + 2] = value + 1.772 * b;
    }
  }
  return { width, height, data: new Uint8Array(out.buffer) };
}

/** Twice the sides, as decoders do: each pixel is three parts the nearest and one part the next, along both. */
function enlarge({ width, data }: Plane): Plane {
  const lastX = width - 1;
  const lastY = data.length / width - 1;
  const out = new Float32Array(data.length * 4);
  for (let y = 0, o = 0; y < 2 * (lastY + 1); y++) {
    const near = (y >> 1) * width;
    const next = Math.min(lastY, Math.max(0, (y >> 1) + (y % 2 ? 1 : -1))) * width;
    for (let x = 0; x < 2 * width; x++, o++) {
      const nearX = x >> 1;
      const nextX = Math.min(lastX, Math.max(0, nearX + (x % 2 ? 1 : -1)));
      const nearest = 3 * data[near + nearX]! + data[near + nextX]!;
      out[o] = (3 * nearest + 3 * data[next + nearX]! + data[next + nextX]!) / 16;
    }
  }
  return { width: 2 * width, data: out };
}

/** The cosine transform of eight values, as a matrix: frequency by place. */
const cosines = Float32Array.from({ length: 64 }, (_, i) => {
  const frequency = i >> 3;
  return (frequency === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos(((2 * (i & 7) + 1) * frequency * Math.PI) / 16);
});

/** Transform each block, round each frequency to its steps, and transform back, in place. */
function quantize({ width, data }: Plane, steps: Float32Array): void {
  const block = new Float32Array(64);
  for (let first = 0; first < data.length; first += 8 * width) {
    for (let left = first; left < first + width; left += 8) {
      for (let i = 0; i < 64; i++) block[i] = data[left + (i >> 3) * width + (i & 7)]!;
      transform(block);
      for (let i = 0; i < 64; i++) block[i] = Math.round(block[i]! / steps[i]!) * steps[i]!;
      transformBack(block);
      for (let i = 0; i < 64; i++) data[left + (i >> 3) * width + (i & 7)] = block[i]!;
    }
  }
}

const line = new Float32Array(8);

/** Places to frequencies, along rows and then columns. */
function transform(block: Float32Array): void {
  for (let pass = 0; pass < 16; pass++) {
    const [start, step] = pass < 8 ? [pass * 8, 1] : [pass - 8, 8];
    for (let k = 0; k < 8; k++) line[k] = block[start + k * step]!;
    for (let u = 0; u < 8; u++) {
      let sum = 0;
      for (let k = 0; k < 8; k++) sum += cosines[u * 8 + k]! * line[k]!;
      block[start + u * step] = sum;
    }
  }
}

/** Frequencies to places; a line without any, as most are, stays as it is. */
function transformBack(block: Float32Array): void {
  for (let pass = 0; pass < 16; pass++) {
    const [start, step] = pass < 8 ? [pass, 8] : [(pass - 8) * 8, 1];
    let isZero = true;
    for (let u = 0; u < 8; u++) {
      line[u] = block[start + u * step]!;
      if (line[u] !== 0) isZero = false;
    }
    if (isZero) continue;
    for (let k = 0; k < 8; k++) {
      let sum = 0;
      for (let u = 0; u < 8; u++) sum += cosines[u * 8 + k]! * line[u]!;
      block[start + k * step] = sum;
    }
  }
}
