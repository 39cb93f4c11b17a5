import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { FaceError, type Image } from '@kith/core';
import { assertPhotoSize } from '../photo-size.ts';

interface DecodedHeic {
  readonly width: number;
  readonly height: number;
  /** RGBA, row-major, 0–255; missing where the size is above the cap. */
  readonly data?: Uint8ClampedArray;
}

/** Far beyond what the largest photo of a phone takes, on a slow and busy machine. */
const timeLimitMs = 180_000;

/** Of JavaScript's own memory; libheif's is WebAssembly's, which ends at 4 GiB. */
const resourceLimits = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 64, stackSizeMb: 4 };

/**
 * Runs in the worker: `workerData` is the decoder's module, the photo's bytes and the cap, the one message is the decoded photo,
 * or only its size where that is above the cap. A picture of tiles may be larger than anything its header declares.
 */
const workerSource = `
const { parentPort, workerData } = require('node:worker_threads');
const { module, bytes, maxPixels } = workerData;
require(module).all({ buffer: bytes }).then(async ([photo]) => {
  const { width, height } = photo;
  if (width * height > maxPixels) return parentPort.postMessage({ width, height });
  const { data } = await photo.decode();
  parentPort.postMessage({ width, height, data }, [data.buffer]);
});
`;

/**
 * Decode a HEIC photo by libheif, compiled to WASM (`heic-decode`; libheif and libde265 inside are LGPL-3.0).
 * The container's own rotation and mirroring are applied; pixels of a wider gamut are read as sRGB.
 *
 * It runs in a thread of its own: libheif blocks, writes to the console, and a hostile file can bring its memory down or keep it
 * busy without end.
 *
 * @throws {FaceError} `IMAGE_UNREADABLE` when libheif cannot decode it, or not in time; `IMAGE_TOO_LARGE`.
 */
export async function decodeHeic(bytes: Uint8Array, { maxPixels }: { readonly maxPixels: number }): Promise<Image> {
  const module = createRequire(import.meta.url).resolve('heic-decode');
  const worker = new Worker(workerSource, {
    eval: true,
    workerData: { module, bytes, maxPixels },
    stdout: true,
    stderr: true,
    resourceLimits,
  });
  try {
    const { width, height, data } = await answerOf(worker);
    assertPhotoSize({ width, height }, maxPixels);
    if (data?.length !== width * height * 4) throw unreadable('the decoder gave no whole picture');
    return overWhite({ width, height, data });
  } finally {
    await worker.terminate();
  }
}

async function answerOf(worker: Worker): Promise<DecodedHeic> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve, reject) => {
      timer = setTimeout(() => reject(unreadable(`it took more than ${timeLimitMs / 1000} s`)), timeLimitMs);
      worker.once('message', resolve);
      worker.once('error', (cause) => reject(unreadable(cause.message, cause)));
      worker.once('exit', () => reject(unreadable('the decoder ended without a picture')));
    });
  } finally {
    clearTimeout(timer);
  }
}

function unreadable(reason: string, cause?: unknown): FaceError {
  return new FaceError('IMAGE_UNREADABLE', `The HEIC photo cannot be decoded: ${reason}.`, { cause });
}

/** RGBA to RGB, transparent pixels laid over white. */
function overWhite({ width, height, data }: Required<DecodedHeic>): Image {
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0, o = 0; o < rgb.length; i += 4, o += 3) {
    const alpha = data[i + 3]! / 255;
    for (let c = 0; c < 3; c++) rgb[o + c] = Math.round(data[i + c]! * alpha + 255 * (1 - alpha));
  }
  return { width, height, data: rgb };
}
