import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { FaceError, type Image } from '@kith/core';

interface DecodedHeic {
  readonly width: number;
  readonly height: number;
  /** RGBA, row-major, 0–255. */
  readonly data: Uint8ClampedArray;
}

/** Runs in the worker: `workerData` is the decoder's module and the photo's bytes, the one message is the decoded photo. */
const workerSource = `
const { parentPort, workerData } = require('node:worker_threads');
require(workerData.module)({ buffer: workerData.bytes })
  .then((photo) => parentPort.postMessage(photo, [photo.data.buffer]));
`;

/**
 * Decode a HEIC photo by libheif, compiled to WASM (`heic-decode`; libheif and libde265 inside are LGPL-3.0).
 * The container's own rotation and mirroring are applied; pixels of a wider gamut are read as sRGB.
 *
 * It runs in a thread of its own: libheif blocks, writes to the console, and a hostile file can bring its memory down.
 *
 * @throws {FaceError} `IMAGE_UNREADABLE` when libheif cannot decode it.
 */
export async function decodeHeic(bytes: Uint8Array): Promise<Image> {
  const module = createRequire(import.meta.url).resolve('heic-decode');
  const worker = new Worker(workerSource, { eval: true, workerData: { module, bytes }, stdout: true, stderr: true });
  const decoded = await new Promise<DecodedHeic>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', (cause) => reject(unreadable(cause.message, cause)));
    worker.once('exit', () => reject(unreadable('the decoder ended without a picture')));
  });
  return overWhite(decoded);
}

function unreadable(reason: string, cause?: unknown): FaceError {
  return new FaceError('IMAGE_UNREADABLE', `The HEIC photo cannot be decoded: ${reason}.`, { cause });
}

/** RGBA to RGB, transparent pixels laid over white. */
function overWhite({ width, height, data }: DecodedHeic): Image {
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0, o = 0; o < rgb.length; i += 4, o += 3) {
    const alpha = data[i + 3]! / 255;
    for (let c = 0; c < 3; c++) rgb[o + c] = Math.round(data[i + c]! * alpha + 255 * (1 - alpha));
  }
  return { width, height, data: rgb };
}
