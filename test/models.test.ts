import { boxCentre, clipBox, createImage, type Image, type Landmarks, landmark, squaredL2 } from '@kith/core';
import { openRecognizer, type Recognizer } from '@kith/pipeline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { syntheticFace, syntheticGroup, syntheticTruth } from '../datasets/synthetic-face.ts';
import { type FaceApiNets, loadFaceApiNets } from './support/face-api.ts';

let recognizer: Recognizer;
/** face-api itself with the same weights: the peer. */
let faceApi: FaceApiNets;

beforeAll(async () => {
  recognizer = await openRecognizer();
  faceApi = await loadFaceApiNets();
});
afterAll(() => recognizer.close());

function mirrored({ width, height, data }: Image): Image {
  const out = createImage({ width, height });
  for (let i = 0; i < data.length; i++) {
    const [channel, pixel] = [i % 3, Math.floor(i / 3)];
    out.data[(pixel - (pixel % width) + width - 1 - (pixel % width)) * 3 + channel] = data[i]!;
  }
  return out;
}

/** The middle `share` of an image at its own size, each px the bilinear mean of its four neighbours, by the definition. */
function closer(image: Image, share: number): Image {
  const { width, height, data } = image;
  const out = createImage({ width, height });
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = (width - 1) / 2 + share * (x - (width - 1) / 2);
      const v = (height - 1) / 2 + share * (y - (height - 1) / 2);
      const [left, top] = [Math.floor(u), Math.floor(v)];
      for (let channel = 0; channel < 3; channel++) {
        const at = (cx: number, cy: number) =>
          data[(Math.min(cy, height - 1) * width + Math.min(cx, width - 1)) * 3 + channel]!;
        const upper = at(left, top) * (left + 1 - u) + at(left + 1, top) * (u - left);
        const lower = at(left, top + 1) * (left + 1 - u) + at(left + 1, top + 1) * (u - left);
        out.data[(y * width + x) * 3 + channel] = Math.round(upper * (top + 1 - v) + lower * (v - top));
      }
    }
  }
  return out;
}

describe('detection', () => {
  test('finds one face where one is drawn, whatever the identity and view', async () => {
    let centred = 0;
    for (let identity = 1; identity <= 10; identity++) {
      const options = { identity, view: identity };
      const found = await recognizer.model.detect(syntheticFace(options));
      const [x, y] = boxCentre(syntheticTruth(options).box);
      const [u, v] = found.length === 1 ? boxCentre(found[0]!.box) : [Number.NaN, Number.NaN];
      if (Math.hypot(u - x, v - y) < 40) centred++;
    }
    expect(centred).toBeGreaterThanOrEqual(9);
  });

  test('finds a face that fills the frame, and one that is a sixth of it', async () => {
    const face = syntheticFace({ identity: 3 });
    const { xMin, yMin, xMax, yMax } = syntheticTruth({ identity: 3 }).box;
    const tight = crop(face, {
      x: Math.round(xMin),
      y: Math.round(yMin - 20),
      side: Math.round(Math.max(xMax - xMin, yMax - yMin) + 20),
    });
    const small = createImage({ width: 1536, height: 1536 }, { fill: [90, 110, 120] });
    for (let y = 0; y < face.height; y++) {
      small.data.set(face.data.subarray(y * face.width * 3, (y + 1) * face.width * 3), ((y + 900) * 1536 + 200) * 3);
    }
    const [filling, ...others] = await recognizer.detect(tight);
    expect(others).toEqual([]);
    expect(filling!.box).toEqual(clipBox(filling!.box, tight));
    expect(await recognizer.model.detect(small)).toHaveLength(1);
  });

  test('finds everybody in a group', async () => {
    const { image, faces } = syntheticGroup({ identities: [1, 2, 3, 4] });
    expect(await recognizer.model.detect(image)).toHaveLength(faces.length);
  });

  test.each([
    ['one pixel', 1, 1],
    ['a sliver', 40_000, 1],
    ['an empty picture', 300, 200],
  ])('finds nobody in %s', async (_, width, height) => {
    expect(await recognizer.model.detect(createImage({ width, height }, { fill: [127, 127, 127] }))).toEqual([]);
  });
});

function crop({ width, data }: Image, { x, y, side }: { x: number; y: number; side: number }): Image {
  const out = createImage({ width: side, height: side });
  for (let row = 0; row < side; row++) {
    out.data.set(data.subarray(((y + row) * width + x) * 3, ((y + row) * width + x + side) * 3), row * side * 3);
  }
  return out;
}

describe('landmarks', () => {
  test('lie where the eyes and the nose are drawn', async () => {
    for (const identity of [1, 2, 3, 4, 5]) {
      const [face] = await recognizer.detect(syntheticFace({ identity }));
      const truth = syntheticTruth({ identity });
      const eye = (landmarks: Landmarks, from: number) => landmark(landmarks, from);
      const [outerX, outerY] = eye(face!.landmarks, 36);
      const [innerX, innerY] = eye(face!.landmarks, 39);
      const between = Math.hypot(truth.leftEye[0] - truth.rightEye[0], truth.leftEye[1] - truth.rightEye[1]);
      const off = Math.hypot((outerX + innerX) / 2 - truth.rightEye[0], (outerY + innerY) / 2 - truth.rightEye[1]);
      expect(off / between).toBeLessThan(0.15);
    }
  });

  test('of the mirror image are the mirror image of the landmarks', async () => {
    const image = syntheticFace({ identity: 2, view: 5 });
    const [face] = await recognizer.detect(image);
    const [other] = await recognizer.detect(mirrored(image));
    // the person's right eye of the one is the left eye of the other
    const [x, y] = landmark(face!.landmarks, 36);
    const [u, v] = landmark(other!.landmarks, 45);
    expect(Math.hypot(image.width - 1 - x - u, y - v)).toBeLessThan(3);
  });
});

describe('embedding', () => {
  test("equals face-api's recogniser summed over the four views, normalised", async () => {
    const [face] = await recognizer.faces(syntheticFace({ identity: 1 }));
    const { image } = face!.aligned;
    const near = closer(image, 0.92);
    const sum = new Float64Array(128);
    for (const view of [image, mirrored(image), near, mirrored(near)]) {
      const descriptor = await faceApi.recognition(view);
      for (const [k, value] of descriptor.entries()) sum[k]! += value;
    }
    const norm = Math.hypot(...sum);
    for (const [k, value] of face!.embedding.entries()) expect(value).toBeCloseTo(sum[k]! / norm, 4);
  });

  test('of a photo and of its mirror image are nearly the same, of two people are not', async () => {
    const image = syntheticFace({ identity: 6, view: 2 });
    const [face] = await recognizer.faces(image);
    const [twin] = await recognizer.faces(mirrored(image));
    const [other] = await recognizer.faces(syntheticFace({ identity: 7, view: 2 }));
    const same = squaredL2(face!.embedding, twin!.embedding);
    expect(same).toBeLessThan(0.02);
    expect(squaredL2(face!.embedding, other!.embedding)).toBeGreaterThan(5 * same);
  });
});

test.each(['onnxruntime-wasm', 'tfjs'] as const)(
  '%s gives the embedding that the default runtime gives',
  async (runtime) => {
    const photo = syntheticFace({ identity: 4 });
    const other = await openRecognizer({ runtime, threads: 1 });
    const [theirs] = await other.faces(photo);
    expect(other.model.runtime).toBe(runtime);
    await other.close();
    const [ours] = await recognizer.faces(photo);
    expect(squaredL2(theirs!.embedding, ours!.embedding)).toBeLessThan(1e-6);
  },
);
