// What turning a face to the front costs, beside one affine by sharp and a plain loop over pixels and triangles.
import {
  alignToTemplate,
  canonicalFrame,
  dlibChip51,
  faceMesh,
  fitFace,
  frontalize,
  frontOf,
  renderView,
} from '@kith/alignment';
import { composeAffine, invertAffine } from '@kith/core';
import sharp from 'sharp';
import { formatTable, median, tell } from './table.mjs';
import { view1Faces } from './view1-faces.mjs';

// settings
const faceCount = 16;
const sizePx = 152;
const frame = canonicalFrame({ sizePx });
const template = dlibChip51({ sizePx });

/** Each way: its name, and what is timed of a face. All but the fit begin with a photo in memory and 68 landmarks. */
const ways = [
  ['frontalize', ({ image, landmarks }) => frontalize(image, landmarks, { frame })],
  ['frontalize, no mirroring', ({ image, landmarks }) => frontalize(image, landmarks, { frame, hidden: 'own' })],
  ['frontalize, photo around', ({ image, landmarks }) => frontalize(image, landmarks, { frame, beyond: 'photo' })],
  ['a new view, the face being fitted', ({ image, fit }) => renderView(image, fit, { yawDegrees: 30, frame })],
  ['the fit alone', ({ landmarks }) => fitFace(landmarks)],
  ['in the plane, by 51 points', ({ image, landmarks }) => alignToTemplate(image, landmarks, { template })],
  ['one affine by sharp', (face) => affineBySharp(face)],
  ['a loop over pixels and triangles', ({ image, fit }) => warpPlainly(image, fit)],
];

/**
 * Time each way on the same faces in turn.
 *
 * @param {{ images: string, rounds: number }} options `images` is LFW's folder with its pair lists; without it, photos from packages.
 * @returns One row a way: the median of its milliseconds a face, and that over frontalize's.
 */
export async function benchAlignment({ images, rounds }) {
  const { calibration } = await view1Faces(images, { count: faceCount, limit: 2, threads: 1 });
  sharp.concurrency(1);
  sharp.cache(false);
  const faces = calibration.map((face) => {
    const { fit, toImage } = frontalize(face.image, face.landmarks, { frame });
    return { ...face, fit, toImage };
  });
  tell(`turning ${faces.length} faces`);
  const jobs = ways.map(([way, run]) => ({ way, run, ms: [] }));
  // the first rounds are for the compiler
  const warmUp = 3;
  for (let round = -warmUp; round < rounds; round++) {
    for (const { run, ms } of jobs) {
      for (const face of faces) {
        const began = performance.now();
        const pending = run(face);
        if (pending instanceof Promise) await pending;
        if (round >= 0) ms.push(performance.now() - began);
      }
    }
  }
  const [{ ms: first }] = jobs;
  return jobs.map(({ way, ms }) => ({ way, ms: median(ms), times: median(ms) / median(first) }));
}

/** The face's part of the photo, cut out before it is transformed, which is faster than transforming all of it. */
function affineBySharp({ image, toImage }) {
  const corners = [0, sizePx - 1].flatMap((u) => [0, sizePx - 1].map((v) => [u, v]));
  const xs = corners.map(([u, v]) => toImage.a * u + toImage.b * v + toImage.c);
  const ys = corners.map(([u, v]) => toImage.d * u + toImage.e * v + toImage.f);
  const left = clamp(Math.floor(Math.min(...xs)), image.width - 1);
  const top = clamp(Math.floor(Math.min(...ys)), image.height - 1);
  const width = clamp(Math.ceil(Math.max(...xs)), image.width - 1) - left + 1;
  const height = clamp(Math.ceil(Math.max(...ys)), image.height - 1) - top + 1;
  const { a, b, d, e } = composeAffine({ a: 1, b: 0, c: left, d: 0, e: 1, f: top }, invertAffine(toImage));
  return sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } })
    .extract({ left, top, width, height })
    .affine([a, b, d, e], { interpolator: 'bilinear' })
    .raw()
    .toBuffer();
}

const clamp = (value, max) => Math.min(Math.max(value, 0), max);

/** Piece by piece as it would first be written: for each pixel the triangle that holds it, and bilinear where its corners lead. */
function warpPlainly(image, { shape, source }) {
  const target = frontOf(shape, frame);
  const { triangles } = faceMesh;
  const data = new Uint8Array(sizePx * sizePx * 3);
  for (let v = 0; v < sizePx; v++) {
    for (let u = 0; u < sizePx; u++) {
      for (let t = 0; t < triangles.length; t += 3) {
        const [i, j, k] = [2 * triangles[t], 2 * triangles[t + 1], 2 * triangles[t + 2]];
        const [bx, by] = [target[j] - target[i], target[j + 1] - target[i + 1]];
        const [cx, cy] = [target[k] - target[i], target[k + 1] - target[i + 1]];
        const [px, py] = [u - target[i], v - target[i + 1]];
        const area = bx * cy - cx * by;
        const second = (px * cy - cx * py) / area;
        const third = (bx * py - px * by) / area;
        if (!(second >= 0 && third >= 0 && second + third <= 1)) continue;
        const x = source[i] + second * (source[j] - source[i]) + third * (source[k] - source[i]);
        const y = source[i + 1] + second * (source[j + 1] - source[i + 1]) + third * (source[k + 1] - source[i + 1]);
        for (let channel = 0; channel < 3; channel++) {
          data[3 * (v * sizePx + u) + channel] = bilinear(image, x, y, channel) + 0.5;
        }
        break;
      }
    }
  }
  return data;
}

function bilinear({ width, height, data }, x, y, channel) {
  const [x0, y0] = [Math.floor(x), Math.floor(y)];
  let sum = 0;
  for (const [px, py] of [
    [x0, y0],
    [x0 + 1, y0],
    [x0, y0 + 1],
    [x0 + 1, y0 + 1],
  ]) {
    if (px < 0 || py < 0 || px >= width || py >= height) continue;
    sum += (1 - Math.abs(px - x)) * (1 - Math.abs(py - y)) * data[3 * (py * width + px) + channel];
  }
  return sum;
}

export function formatAlignment(rows) {
  return formatTable(
    [`${sizePx} px`, 'ms a face', 'times frontalize'],
    rows.map(({ way, ms, times }) => [way, ms.toFixed(3), times.toFixed(2)]),
  );
}
