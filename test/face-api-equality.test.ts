import type { Image } from '@kith/core';
import {
  faceApiLandmarks,
  faceApiLandmarksWeights,
  faceApiSsd,
  faceApiSsdWeights,
  faceApiTiny,
  faceApiTinyWeights,
  letterbox,
  ssdCandidates,
} from '@kith/detection';
import { dlibResnet29, dlibResnet29Weights } from '@kith/embedding';
import type { Network, Runtime, Session, Weights } from '@kith/network';
import { onnxRuntimeNode } from '@kith/network/runtime';
import { readFaceApiWeights } from '@kith/network/weights';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FaceApiNets, faceApiWeightFolder, loadFaceApiNets } from './support/face-api.ts';
import { decodePhoto, photosOfPeople } from './support/photos-of-people.ts';

/** Largest difference, as a share of the largest magnitude. */
const tolerance = 1e-4;

const photos = photosOfPeople(20);
const tinySidePx = 320;

let theirs: FaceApiNets;
let runtime: Runtime;
let ours: Record<'ssd' | 'tiny' | 'landmarks' | 'recognition', Session>;

beforeAll(async () => {
  theirs = await loadFaceApiNets();
  runtime = await onnxRuntimeNode();
  const load = async (network: Network, file: string, rename: (raw: Weights) => Weights) =>
    runtime.load({ network, weights: rename(await readFaceApiWeights(faceApiWeightFolder, file)) });
  ours = {
    ssd: await load(faceApiSsd, 'ssd_mobilenetv1_model', faceApiSsdWeights),
    tiny: await load(faceApiTiny(tinySidePx), 'tiny_face_detector_model', faceApiTinyWeights),
    landmarks: await load(faceApiLandmarks, 'face_landmark_68_model', faceApiLandmarksWeights),
    recognition: await load(dlibResnet29, 'face_recognition_model', dlibResnet29Weights),
  };
});
afterAll(() => runtime?.dispose());

test('there are 20 photos', () => {
  expect(photos).toHaveLength(20);
});

describe.each(photos.map((path) => [path.slice(path.lastIndexOf('/') + 1), path]))('%s', (_, path) => {
  test('shows both SSDs the same boxes with the same scores', async () => {
    const image = await decodePhoto(path);
    const expected = await theirs.ssd(image);
    const outputs = await ours.ssd.run({ count: 1, data: letterbox(image, 512) });
    const { boxes, scores } = ssdCandidates(outputs, { minScore: 1e-30 });
    expect(difference(scores, expected.scores)).toBeLessThan(tolerance);
    // theirs tell y before x
    const swapped = expected.boxes.map((_, i) => expected.boxes[(i & ~1) + 1 - (i & 1)]!);
    expect(difference(boxes, swapped)).toBeLessThan(tolerance);
  });

  test('gives both tiny detectors the same maps', async () => {
    const image = await decodePhoto(path);
    const [output] = await ours.tiny.run({ count: 1, data: letterbox(image, tinySidePx) });
    expect(difference(output!, await theirs.tiny(image, tinySidePx))).toBeLessThan(tolerance);
  });

  test('gives both landmark nets the same points', async () => {
    const image = await decodePhoto(path, { sidePx: 112 });
    expect(difference(await only(ours.landmarks, image), await theirs.landmarks(image))).toBeLessThan(tolerance);
  });

  test('gives both recognisers the same numbers', async () => {
    const image = await decodePhoto(path, { sidePx: 150 });
    expect(difference(await only(ours.recognition, image), await theirs.recognition(image))).toBeLessThan(tolerance);
  });
});

async function only(session: Session, { data }: Image): Promise<Float32Array> {
  const [output] = await session.run({ count: 1, data });
  return output!;
}

function difference(got: Float32Array, expected: Float32Array): number {
  expect(got.length).toBe(expected.length);
  let [largest, magnitude] = [0, 0];
  for (let i = 0; i < got.length; i++) {
    largest = Math.max(largest, Math.abs(got[i]! - expected[i]!));
    magnitude = Math.max(magnitude, Math.abs(expected[i]!));
  }
  return largest / magnitude;
}
