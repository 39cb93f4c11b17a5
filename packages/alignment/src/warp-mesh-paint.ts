import type { Image } from '@kith/core';
import type { MeshPixels } from './warp-mesh-pixels.ts';

/** Above this many samples a side, shrinking reads no further pixels: a cap on the work a hostile photo can ask for. */
const maxSamplesPerSide = 16;

/** What to paint, and how much of it. */
export interface MeshPaint {
  readonly pixels: MeshPixels;
  /** For each triangle a, b, c, d, e, f of the affine from px of the picture to px of the photo. Shape `[t, 6]`. */
  readonly affines: Float64Array;
  /**
   * How much of each pixel is painted, 0–255; all where it is left out. A pixel that has its source beyond the photo is then left as it is,
   * and its weight made 0. Shape `[height, width]`.
   */
  readonly weights?: Uint8Array;
}

/**
 * Paint the pixels of a mesh with what the photo has where each triangle's affine leads: bilinear, and where it shrinks the mean over a
 * grid of samples, so many across and down as photo pixels are passed by one step that way.
 *
 * @param out - RGB picture. Shape `[height, width, 3]`.
 * @returns How many pixels have their source beyond the photo's frame; without weights, they are black.
 */
export function paintMesh(out: Uint8Array, image: Image, { pixels, affines, weights }: MeshPaint): number {
  const { width, height, triangleOf } = pixels;
  const grids = sampleGrids(affines);
  const run = { triangle: 0, v: 0, from: 0, to: 0, width };
  const paint = { out, image, affines, grids, weights };
  let beyond = 0;
  for (let v = 0; v < height; v++) {
    const row = v * width;
    for (let u = 0; u < width; ) {
      const t = triangleOf[row + u]!;
      const from = u++;
      while (u < width && triangleOf[row + u] === t) u++;
      if (t < 0) continue;
      run.triangle = t;
      run.v = v;
      run.from = from;
      run.to = u;
      if (isInside(paint, run)) paintInside(paint, run);
      else beyond += paintAtEdge(paint, run);
    }
  }
  return beyond;
}

/** Pixels `from` … `to - 1` of row `v`, all of one triangle. */
interface Run {
  readonly triangle: number;
  readonly v: number;
  readonly from: number;
  readonly to: number;
  readonly width: number;
}

interface Paint {
  readonly out: Uint8Array;
  readonly image: Image;
  readonly affines: Float64Array;
  /** Samples across and down a pixel of each triangle. Shape `[t, 2]`. */
  readonly grids: Uint8Array;
  readonly weights: Uint8Array | undefined;
}

function sampleGrids(affines: Float64Array): Uint8Array {
  const grids = new Uint8Array(affines.length / 3);
  const samples = (x: number, y: number) =>
    Math.min(maxSamplesPerSide, Math.max(1, Math.round(Math.sqrt(x * x + y * y))));
  for (let i = 0, at = 0; i < grids.length; i += 2, at += 6) {
    grids[i] = samples(affines[at]!, affines[at + 3]!);
    grids[i + 1] = samples(affines[at + 1]!, affines[at + 4]!);
  }
  return grids;
}

/** Whether all samples of a run have four pixels of the photo around them: its ends have, so what lies between has. */
function isInside({ image, affines, grids }: Paint, { triangle, v, from, to }: Run): boolean {
  const at = 6 * triangle;
  const [a, b, d, e] = [affines[at]!, affines[at + 1]!, affines[at + 3]!, affines[at + 4]!];
  const reachU = 0.5 - 0.5 / grids[2 * triangle]!;
  const reachV = 0.5 - 0.5 / grids[2 * triangle + 1]!;
  const reachX = Math.abs(a) * reachU + Math.abs(b) * reachV;
  const reachY = Math.abs(d) * reachU + Math.abs(e) * reachV;
  const x = b * v + affines[at + 2]!;
  const y = e * v + affines[at + 5]!;
  const [firstX, lastX] = [x + a * from, x + a * (to - 1)];
  const [firstY, lastY] = [y + d * from, y + d * (to - 1)];
  // a little room for rounding
  return (
    Math.min(firstX, lastX) - reachX >= 0 &&
    Math.min(firstY, lastY) - reachY >= 0 &&
    Math.max(firstX, lastX) + reachX < image.width - 1 - 1e-6 &&
    Math.max(firstY, lastY) + reachY < image.height - 1 - 1e-6
  );
}

function paintInside({ out, image, affines, grids, weights }: Paint, { triangle, v, from, to, width }: Run): void {
  const { data } = image;
  const row = image.width * 3;
  const at = 6 * triangle;
  const [a, b, d, e] = [affines[at]!, affines[at + 1]!, affines[at + 3]!, affines[at + 4]!];
  const [across, down] = [grids[2 * triangle]!, grids[2 * triangle + 1]!];
  const [stepU, stepV] = [1 / across, 1 / down];
  // the first sample of the pixel in column 0
  const startU = stepU / 2 - 0.5;
  const startV = v + stepV / 2 - 0.5;
  const x = a * startU + b * startV + affines[at + 2]!;
  const y = d * startU + e * startV + affines[at + 5]!;
  const share = stepU * stepV;
  for (let u = from, p = v * width + from; u < to; u++, p++) {
    if (weights && weights[p] === 0) continue;
    let [red, green, blue] = [0, 0, 0];
    for (let j = 0; j < down; j++) {
      for (let i = 0; i < across; i++) {
        const sx = x + a * (u + i * stepU) + b * j * stepV;
        const sy = y + d * (u + i * stepU) + e * j * stepV;
        const x0 = sx | 0;
        const y0 = sy | 0;
        const right = sx - x0;
        const lower = sy - y0;
        const lowerRight = right * lower;
        const upperRight = right - lowerRight;
        const lowerLeft = lower - lowerRight;
        const upperLeft = 1 - right - lowerLeft;
        const n = y0 * row + x0 * 3;
        const m = n + row;
        red += upperLeft * data[n]! + upperRight * data[n + 3]! + lowerLeft * data[m]! + lowerRight * data[m + 3]!;
        green +=
          upperLeft * data[n + 1]! + upperRight * data[n + 4]! + lowerLeft * data[m + 1]! + lowerRight * data[m + 4]!;
        blue +=
          upperLeft * data[n + 2]! + upperRight * data[n + 5]! + lowerLeft * data[m + 2]! + lowerRight * data[m + 5]!;
      }
    }
    const o = 3 * p;
    if (weights) {
      mix(out, o, weights[p]! / 255, red * share, green * share, blue * share);
    } else {
      out[o] = (red * share + 0.5) | 0;
      out[o + 1] = (green * share + 0.5) | 0;
      out[o + 2] = (blue * share + 0.5) | 0;
    }
  }
}

/** The same where samples may lie beyond the photo, whose pixels are black there; gives how many pixels do. */
function paintAtEdge({ out, image, affines, grids, weights }: Paint, { triangle, v, from, to, width }: Run): number {
  const at = 6 * triangle;
  const [a, b, c] = [affines[at]!, affines[at + 1]!, affines[at + 2]!];
  const [d, e, f] = [affines[at + 3]!, affines[at + 4]!, affines[at + 5]!];
  const [across, down] = [grids[2 * triangle]!, grids[2 * triangle + 1]!];
  const share = 1 / (across * down);
  const sum = new Float64Array(3);
  let beyond = 0;
  for (let u = from, p = v * width + from; u < to; u++, p++) {
    const isBeyond = isBeyondFrame(image, a * u + b * v + c, d * u + e * v + f);
    if (isBeyond) beyond++;
    if (isBeyond && weights) weights[p] = 0;
    if (weights && weights[p] === 0) continue;
    sum.fill(0);
    for (let j = 0; j < down; j++) {
      for (let i = 0; i < across; i++) {
        const su = u + (i + 0.5) / across - 0.5;
        const sv = v + (j + 0.5) / down - 0.5;
        addSample(sum, image, a * su + b * sv + c, d * su + e * sv + f);
      }
    }
    mix(out, 3 * p, weights ? weights[p]! / 255 : 1, sum[0]! * share, sum[1]! * share, sum[2]! * share);
  }
  return beyond;
}

/** Whether a place lies beyond the area that an image's pixels cover. */
export function isBeyondFrame({ width, height }: Image, x: number, y: number): boolean {
  return !(x >= -0.5 && y >= -0.5 && x < width - 0.5 && y < height - 0.5);
}

/** Add the bilinear value at a place; pixels that are not there are black. */
function addSample(sum: Float64Array, { width, height, data }: Image, x: number, y: number): void {
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  for (let corner = 0; corner < 4; corner++) {
    const cx = x0 + (corner & 1);
    const cy = y0 + (corner >> 1);
    if (!(cx >= 0 && cy >= 0 && cx < width && cy < height)) continue;
    const weight = (corner & 1 ? x - x0 : 1 - x + x0) * (corner >> 1 ? y - y0 : 1 - y + y0);
    const from = (cy * width + cx) * 3;
    sum[0]! += weight * data[from]!;
    sum[1]! += weight * data[from + 1]!;
    sum[2]! += weight * data[from + 2]!;
  }
}

/** Bring a pixel nearer to a colour by a share, 0–1. */
function mix(out: Uint8Array, o: number, share: number, red: number, green: number, blue: number): void {
  out[o] = (out[o]! + share * (red - out[o]!) + 0.5) | 0;
  out[o + 1] = (out[o + 1]! + share * (green - out[o + 1]!) + 0.5) | 0;
  out[o + 2] = (out[o + 2]! + share * (blue - out[o + 2]!) + 0.5) | 0;
}
