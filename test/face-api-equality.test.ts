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
  ssdPriors,
} from '@kith/detection';
import { dlibResnet29, dlibResnet29Weights } from '@kith/embedding';
import type { Network, Session, Weights } from '@kith/network';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FaceApiNets, faceApiWeightFolder, loadFaceApiNets } from './support/face-api.ts';
import { readRawWeights } from './support/face-api-weights.ts';
import { decodePhoto, photosOfPeople } from './support/photos-of-people.ts';
import { referenceSession } from './support/reference-session.ts';

/** Largest difference, as a share of the largest magnitude. */
const tolerance = 1e-4;

const photos = photosOfPeople(20);
const tinySidePx = 320;

let theirs: FaceApiNets;
let ours: Record<'ssd' | 'tiny' | 'landmarks' | 'recognition', Session>;

beforeAll(async () => {
  theirs = await loadFaceApiNets();
  const load = (network: Network, file: string, rename: (raw: Weights) => Weights) =>
    referenceSession(theirs.tf, network, rename(readRawWeights(faceApiWeightFolder, file)));
  ours = {
    ssd: load(faceApiSsd, 'ssd_mobilenetv1_model', faceApiSsdWeights),
    tiny: load(faceApiTiny(tinySidePx), 'tiny_face_detector_model', faceApiTinyWeights),
    landmarks: load(faceApiLandmarks, 'face_landmark_68_model', faceApiLandmarksWeights),
    recognition: load(dlibResnet29, 'face_recognition_model', dlibResnet29Weights),
  };
});
afterAll(() => Promise.all(Object.values(ours ?? {}).map((session) => session.dispose())));

test('there are 20 photos', () => {
  expect(photos).toHaveLength(20);
});

test('the priors that are computed are those of the file', () => {
  const stored = readRawWeights(faceApiWeightFolder, 'ssd_mobilenetv1_model').get('Output/extra_dim')!.data;
  const computed = ssdPriors();
  const corners = stored.map((_, at) => {
    // theirs tell yMin, xMin, yMax and xMax
    const [prior, side] = [at - (at % 4), at % 4];
    const axis = side % 2 === 0 ? 1 : 0;
    const half = computed[prior + axis + 2]! / 2;
    return computed[prior + axis]! + (side < 2 ? -half : half);
  });
  expect(difference(corners, stored)).toBeLessThan(1e-6);
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
