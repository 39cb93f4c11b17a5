import {
  createImage,
  createLandmarks,
  type Image,
  type Landmarks,
  mirrorLandmarks,
  transformLandmarks,
} from '@kith/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { projectShape } from './camera.ts';
import { canonicalFrame, frontOf } from './canonical-frame.ts';
import { depthOrder } from './depth-order.ts';
import { faceMesh } from './face-mesh.ts';
import { type FrontalizedFace, frontalize, leastInsideShare } from './frontalize.ts';
import { cameraOf } from './pose.ts';
import { fiducialCount, referenceShape } from './reference-shape.ts';
import { paintFace } from './symmetric-blend.ts';

const sizePx = 96;
const frame = canonicalFrame({ sizePx });
const front = frontOf(referenceShape, frame);

/** Smooth waves of colour, unlike left and right. */
function waves(width: number, height: number): Image {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, o = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      data[o++] = 128 + 100 * Math.sin(x / 9 + y / 17);
      data[o++] = 128 + 100 * Math.cos(x / 13 - y / 8);
      data[o++] = 128 + 100 * Math.sin((x + y) / 11);
    }
  }
  return { width, height, data };
}

const landmarksAt = (points: Float64Array) =>
  createLandmarks('deepface67', Float32Array.from(points.subarray(0, 2 * fiducialCount)));

/** A photo of a face painted with waves as seen in a pose, and its landmarks. */
function photoAt(pose: { yawDegrees: number; pitchDegrees?: number; rollDegrees?: number }) {
  const camera = cameraOf({ pitchDegrees: 0, rollDegrees: 0, ...pose, pxPerMm: 1, middle: [120, 90] });
  const target = projectShape(camera, referenceShape);
  const order = depthOrder(referenceShape, { triangles: faceMesh.triangles, camera });
  const size = { width: 240, height: 240 };
  const { image } = paintFace(waves(sizePx, sizePx), { mesh: faceMesh, source: front, target, order, ...size });
  return { image, landmarks: landmarksAt(target) };
}

function meanDifference(one: Image, other: Image, passes: (p: number) => boolean): number {
  let [sum, count] = [0, 0];
  for (let i = 0; i < one.data.length; i++) {
    if (!passes(Math.floor(i / 3))) continue;
    sum += Math.abs(one.data[i]! - other.data[i]!);
    count++;
  }
  return sum / count;
}

describe('turning a face to the front', () => {
  test('changes nothing of a face that is in its place', () => {
    const image = waves(sizePx, sizePx);
    const face = frontalize(image, landmarksAt(front), { frame, hidden: 'own' });
    face.visibility.forEach((own, p) => {
      for (let i = 3 * p; own === 255 && i < 3 * p + 3; i++) {
        expect(Math.abs(face.image.data[i]! - image.data[i]!)).toBeLessThanOrEqual(1);
      }
    });
    expect(face.visibility.filter((own) => own === 255).length).toBeGreaterThan(0.8 * sizePx * sizePx);
    expect(face).toMatchObject({ way: 'frontalized', insideShare: 1, isCutOff: false });
    const { a, b, c, d, e, f } = face.toImage;
    for (const value of [a - 1, b, c, d, e - 1, f]) expect(value).toBeCloseTo(0, 3);
  });

  test.each([
    [{ yawDegrees: 0, rollDegrees: 30 }],
    [{ yawDegrees: 25 }],
    [{ yawDegrees: -40, pitchDegrees: 10, rollDegrees: -20 }],
    [{ yawDegrees: 55 }],
    [{ yawDegrees: 10, pitchDegrees: -25 }],
  ])('brings back what was painted, where the photo shows it: %j', (pose) => {
    const { image, landmarks } = photoAt(pose);
    const face = frontalize(image, landmarks, { frame });
    const shown = (p: number) => face.visibility[p] === 255 && p % sizePx > 8 && p % sizePx < sizePx - 8;
    expect(meanDifference(face.image, waves(sizePx, sizePx), shown)).toBeLessThan(6);
    expect(face.image.data.filter((_, i) => shown(Math.floor(i / 3))).length).toBeGreaterThan(sizePx * sizePx);
    expect(face.fit.pose.yawDegrees).toBeCloseTo(pose.yawDegrees, 1);
  });

  test('the more a face is turned, the less of it is seen', () => {
    const shares = [0, 20, 40, 60].map((yawDegrees) => {
      const { image, landmarks } = photoAt({ yawDegrees });
      return frontalize(image, landmarks, { frame }).seenShare;
    });
    expect(shares[0]).toBeGreaterThan(0.85);
    expect(shares[3]).toBeLessThan(0.6);
    expect(shares.toSorted((one, other) => other - one)).toEqual(shares);
  });

  test('a mirrored photo gives the mirrored face', () => {
    const angle = fc.integer({ min: -60, max: 60 });
    fc.assert(
      fc.property(angle, fc.integer({ min: -25, max: 25 }), (yawDegrees, pitchDegrees) => {
        const { image, landmarks } = photoAt({ yawDegrees, pitchDegrees });
        const flipped = mirrorLandmarks(
          transformLandmarks(landmarks, { a: -1, b: 0, c: image.width - 1, d: 0, e: 1, f: 0 }),
        );
        const one = frontalize(image, landmarks, { frame });
        const other = frontalize(flip(image), flipped, { frame });
        expect(meanDifference(one.image, flip(other.image), () => true)).toBeLessThan(0.5);
        expect(other.fit.pose.yawDegrees).toBeCloseTo(-one.fit.pose.yawDegrees, 2);
      }),
      { numRuns: 15 },
    );
  });

  test('around the face is black, or the photo', () => {
    const { landmarks } = photoAt({ yawDegrees: 20 });
    const grey = createImage({ width: 300, height: 300 }, { fill: [90, 90, 90] });
    const wide = { ...frame, fromReference: { ...frame.fromReference, a: 0.5, e: 0.5 } };
    const [black, photo] = (['black', 'photo'] as const).map((beyond) =>
      frontalize(grey, landmarks, { frame: wide, beyond }),
    );
    expect([black!.image.data[0], black!.visibility[0]]).toEqual([0, 0]);
    // all of the frame lies within the photo
    expect([...new Set(photo!.image.data)]).toEqual([90]);
    expect(photo!.visibility[0]).toBe(255);
  });
});

function flip({ width, height, data }: Image): Image {
  const flipped = new Uint8Array(data.length);
  for (let p = 0; p < width * height; p++) {
    const from = p - (p % width) + width - 1 - (p % width);
    flipped.set(data.subarray(3 * from, 3 * from + 3), 3 * p);
  }
  return { width, height, data: flipped };
}

describe('what cannot be turned to the front', () => {
  test.each([80, -80, 100])('a profile, at %d° of yaw, is turned in the plane, and says so', (yawDegrees) => {
    const { landmarks } = photoAt({ yawDegrees, rollDegrees: 15 });
    const image = createImage({ width: 240, height: 240 }, { fill: [70, 80, 90] });
    const face = frontalize(image, landmarks, { frame });
    expect(face.way).toBe('similarity');
    expect(face.reason).toMatch(/turned by \d+°.* 75°/);
    expect(face.toImage.a).toBeCloseTo(face.toImage.e, 9);
    expect(face.toImage.b).toBeCloseTo(-face.toImage.d, 9);
    expect(face.visibility).toHaveLength(sizePx * sizePx);
    expect(face.insideShare).toBeGreaterThan(0.5);
  });

  const good = landmarksAt(front).points;
  test.each<[string, Landmarks]>([
    ['points that are not finite', { scheme: 'deepface67', points: good.map((v, i) => (i === 5 ? Number.NaN : v)) }],
    ['points in one place', { scheme: 'deepface67', points: good.map(() => 7) }],
    ['points in one line', { scheme: 'deepface67', points: good.map((_, i, all) => 2 * all[i - (i % 2)]!) }],
    ['too few points', { scheme: 'deepface67', points: good.subarray(2) }],
    ['six fiducials', { scheme: 'deepface6', points: good.subarray(0, 12) }],
  ])('%s are refused', (_, landmarks) => {
    expect(() => frontalize(waves(20, 20), landmarks, { frame })).toThrow(
      expect.objectContaining({ code: 'LANDMARKS_DEGENERATE' }),
    );
  });

  test('a face that the photo cuts off says so, and is filled from the other side', () => {
    const { landmarks } = photoAt({ yawDegrees: 0 });
    const half = createImage({ width: 120, height: 240 }, { fill: [50, 60, 70] });
    const face = frontalize(half, landmarks, { frame });
    expect(face.isCutOff).toBe(true);
    expect(face.insideShare).toBeLessThan(leastInsideShare);
    expect(face.insideShare).toBeGreaterThan(0.3);
    // right and left of the middle
    for (const u of [30, 66]) expect(face.image.data[3 * (48 * sizePx + u)]).toBe(50);
    expect([face.visibility[48 * sizePx + 30], face.visibility[48 * sizePx + 66]]).toEqual([255, 0]);
  });

  test('photos of few pixels and faces anywhere give a picture of the size asked, or are refused', () => {
    const place = fc.record({ x: fc.integer({ min: -400, max: 400 }), y: fc.integer({ min: -400, max: 400 }) });
    const side = fc.integer({ min: 1, max: 9 });
    const yaw = fc.integer({ min: -89, max: 89 });
    const around = fc.constantFrom<('black' | 'photo')[]>('black', 'photo');
    fc.assert(
      fc.property(place, side, side, yaw, around, ({ x, y }, width, height, yawDegrees, beyond) => {
        const moved = transformLandmarks(photoAt({ yawDegrees }).landmarks, { a: 0.1, b: 0, c: x, d: 0, e: 0.1, f: y });
        let face: FrontalizedFace;
        try {
          face = frontalize(waves(width, height), moved, { frame, beyond });
        } catch (error) {
          // nothing of it is in the photo
          expect(error).toMatchObject({ code: 'LANDMARKS_DEGENERATE' });
          return;
        }
        expect(face.image.data).toHaveLength(sizePx * sizePx * 3);
        expect(face.isCutOff).toBe(face.insideShare < leastInsideShare);
        expect(face.insideShare).toBeGreaterThan(0);
      }),
      { numRuns: 40 },
    );
  });
});

test.each([
  ['a face beyond the photo', 1000, 240],
  ['a photo of one pixel', 0, 1],
])('refuses %s instead of painting black', (_, shiftPx, sidePx) => {
  const points = projectShape(
    cameraOf({ yawDegrees: 0, pitchDegrees: 0, rollDegrees: 0, pxPerMm: 1, middle: [120 + shiftPx, 120] }),
    referenceShape,
  ).slice(0, 134);
  const landmarks = createLandmarks('deepface67', Float32Array.from(points));
  const photo = createImage({ width: sidePx, height: sidePx }, { fill: [90, 90, 90] });
  expect(() => frontalize(photo, landmarks)).toThrow(expect.objectContaining({ code: 'LANDMARKS_DEGENERATE' }));
});

test.each([0, -5, 1.5, Number.NaN])('refuses a canonical view of %d px', (sizePx) => {
  expect(() => canonicalFrame({ sizePx })).toThrow(expect.objectContaining({ code: 'USAGE' }));
});
