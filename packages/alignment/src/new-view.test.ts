import { createImage, createLandmarks, type Image } from '@kith/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { projectShape } from './camera.ts';
import { canonicalFrame, frontOf } from './canonical-frame.ts';
import { type FaceFit, fitFace } from './fit-face.ts';
import { frontalize } from './frontalize.ts';
import { renderView } from './new-view.ts';
import { cameraOf } from './pose.ts';
import { fiducialCount, referenceShape } from './reference-shape.ts';

const sizePx = 96;
const frame = canonicalFrame({ sizePx });
const dot = [250, 10, 20] as const;

/** A grey photo of the reference in a pose with a dot on one vertex, and the fit of its landmarks. */
function photoOf({ yawDegrees, vertex }: { yawDegrees: number; vertex: number }): { image: Image; fit: FaceFit } {
  const camera = cameraOf({ yawDegrees, pitchDegrees: 0, rollDegrees: 0, pxPerMm: 1.5, middle: [150, 110] });
  const places = projectShape(camera, referenceShape);
  const image = createImage({ width: 300, height: 300 }, { fill: [100, 100, 100] });
  const [x, y] = [Math.round(places[2 * vertex]!), Math.round(places[2 * vertex + 1]!)];
  for (let v = y - 4; v <= y + 4; v++) {
    for (let u = x - 4; u <= x + 4; u++) image.data.set(dot, 3 * (v * 300 + u));
  }
  const landmarks = createLandmarks('deepface67', Float32Array.from(places.subarray(0, 2 * fiducialCount)));
  return { image, fit: fitFace(landmarks) };
}

/** The middle of the pixels that look like the dot. */
function findDot({ width, data }: Image): readonly [number, number] {
  let [x, y, count] = [0, 0, 0];
  for (let p = 0; p < data.length / 3; p++) {
    if (data[3 * p]! < 200 || data[3 * p + 1]! > 60) continue;
    x += p % width;
    y += Math.floor(p / width);
    count++;
  }
  return [x / count, y / count];
}

/** How far a vertex goes when the head turns about its middle, in px of the frame. */
function movedTo(vertex: number, turn: { yawDegrees: number; pitchDegrees: number }): readonly [number, number] {
  const camera = cameraOf({ ...turn, rollDegrees: 0, pxPerMm: 1 });
  const middle = [0, 1, 2].map((k) => {
    let sum = 0;
    for (let i = 0; i < fiducialCount; i++) sum += referenceShape[3 * i + k]!;
    return sum / fiducialCount;
  });
  const away = Float64Array.from([0, 1, 2], (k) => referenceShape[3 * vertex + k]! - middle[k]!);
  const [x, y] = projectShape(camera, away);
  const { a, c, e, f } = frame.fromReference;
  return [a * (x! + middle[0]!) + c, e * (y! + middle[1]!) + f];
}

const noseTip = 30;
const leftLipCorner = 54;

test.each([
  [noseTip, 0, { yawDegrees: 0, pitchDegrees: 0 }],
  [noseTip, 0, { yawDegrees: 35, pitchDegrees: 0 }],
  [noseTip, 0, { yawDegrees: -35, pitchDegrees: 0 }],
  [noseTip, 0, { yawDegrees: 0, pitchDegrees: 20 }],
  [noseTip, -15, { yawDegrees: 20, pitchDegrees: -15 }],
  [leftLipCorner, 0, { yawDegrees: -30, pitchDegrees: 10 }],
  [leftLipCorner, -20, { yawDegrees: 25, pitchDegrees: 0 }],
])('point %d of a photo at %d° of yaw lies in the view %j where the turned head has it', (vertex, yawDegrees, turn) => {
  const { image, fit } = photoOf({ yawDegrees, vertex });
  const [x, y] = findDot(renderView(image, fit, { ...turn, frame }));
  const [u, v] = movedTo(vertex, turn);
  // half the dot's width: it is in part turned away
  expect(Math.hypot(x - u, y - v)).toBeLessThan(3);
});

test('turning to the right moves the nose to the right, up moves it up', () => {
  const { image, fit } = photoOf({ yawDegrees: 0, vertex: noseTip });
  const [x, y] = findDot(renderView(image, fit, { frame }));
  expect(findDot(renderView(image, fit, { yawDegrees: 30, frame }))[0]).toBeGreaterThan(x + 5);
  expect(findDot(renderView(image, fit, { pitchDegrees: 20, frame }))[1]).toBeLessThan(y - 3);
});

test('the view from the front is the frontalized face', () => {
  const { image, fit } = photoOf({ yawDegrees: 30, vertex: leftLipCorner });
  const view = renderView(image, fit, { frame });
  const face = frontalize(image, fit.fiducials, { frame });
  const different = view.data.filter((value, i) => Math.abs(value - face.image.data[i]!) > 1).length;
  expect(different / view.data.length).toBeLessThan(0.001);
});

test('whatever the angles, the picture has the size asked; from behind there is nothing to see', () => {
  const angle = fc.integer({ min: -180, max: 180 });
  const { image, fit } = photoOf({ yawDegrees: 20, vertex: noseTip });
  fc.assert(
    fc.property(angle, angle, angle, (yawDegrees, pitchDegrees, rollDegrees) => {
      const view = renderView(image, fit, { yawDegrees, pitchDegrees, rollDegrees, frame });
      expect(view.data).toHaveLength(sizePx * sizePx * 3);
    }),
    { numRuns: 60 },
  );
  expect(Math.max(...renderView(image, fit, { yawDegrees: 180, frame }).data)).toBe(0);
});

test('a turned face leaves no crack inside', () => {
  const { image, fit } = photoOf({ yawDegrees: 0, vertex: noseTip });
  for (const turn of [{ yawDegrees: 40 }, { yawDegrees: -40 }, { yawDegrees: 20, pitchDegrees: 25 }]) {
    const view = renderView(image, fit, { ...turn, frame });
    for (let v = 10; v < sizePx - 10; v++) {
      const row = Array.from({ length: sizePx }, (_, u) => view.data[3 * (v * sizePx + u)]! > 0);
      const [first, last] = [row.indexOf(true), row.lastIndexOf(true)];
      expect(row.slice(first, last + 1).every(Boolean)).toBe(true);
    }
  }
});

test('the front of the reference is where its frame has it', () => {
  const front = frontOf(referenceShape, frame);
  const [u, v] = movedTo(noseTip, { yawDegrees: 0, pitchDegrees: 0 });
  expect(u).toBeCloseTo(front[2 * noseTip]!, 9);
  expect(v).toBeCloseTo(front[2 * noseTip + 1]!, 9);
});
