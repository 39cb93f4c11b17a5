import { openSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { createRandom, FaceError } from '@kith/core';
import { augment } from '../../augmentation/augment.ts';
import { systemCodeOf } from '../run/durable-file.ts';
import type { LoaderAnswer, LoaderRequest, LoaderSetup } from './loader-protocol.ts';
import { readFace } from './open-pack.ts';
import { faceBytes } from './pack-format.ts';

const { pixelsFile, sidePx, sizePx, shownShare, augmentation, slots } = workerData as LoaderSetup;
const face = new Uint8Array(faceBytes(sidePx));
let descriptor: number | undefined;

function load({ slot, first, rows, seeds }: LoaderRequest): void {
  descriptor ??= openSync(pixelsFile, 'r');
  const pixels = slots[slot]!;
  for (let i = 0; i < rows.length; i++) {
    const data = readFace(descriptor, { row: rows[i]!, into: face, file: pixelsFile });
    const random = createRandom(seeds[i]!);
    const image = augment({ width: sidePx, height: sidePx, data }, { augmentation, random, sizePx, shownShare });
    pixels.set(image.data, (first + i) * image.data.length);
  }
}

parentPort?.on('message', (request: LoaderRequest) => {
  const { sequence } = request;
  let answer: LoaderAnswer = { sequence };
  try {
    load(request);
  } catch (error) {
    const code =
      error instanceof FaceError ? error.code : systemCodeOf(error) ? 'DATASET_INCOMPLETE' : 'RUNTIME_FAILED';
    answer = { sequence, error: { code, message: error instanceof Error ? error.message : String(error) } };
  }
  parentPort?.postMessage(answer);
});
