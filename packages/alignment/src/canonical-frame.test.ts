import { createImage, createLandmarks, interocularPx, landmark } from '@kith/core';
import { describe, expect, test } from 'vitest';
import { alignToTemplate } from './align.ts';
import { canonicalFrame, frameOfHead, frameOfTemplate, frontOf } from './canonical-frame.ts';
import { toFiducials67 } from './fiducials.ts';
import { alignToHead } from './head-crop.ts';
import { fiducialCount, referenceShape } from './reference-shape.ts';
import { arcface112, dlibChip5, dlibChip51, facenetHead } from './templates.ts';

const pointsIn = (points: Float64Array, numbers: readonly number[], axis: 0 | 1) =>
  numbers.map((i) => points[2 * i + axis]!);
const numbers = Array.from({ length: fiducialCount }, (_, i) => i);

describe('the canonical view', () => {
  test.each([152, 160, 112, 96])('at %d px holds the face from its brows to its chin, in the middle', (sizePx) => {
    const front = frontOf(referenceShape, canonicalFrame({ sizePx }));
    const [xs, ys] = [pointsIn(front, numbers, 0), pointsIn(front, numbers, 1)];
    expect(Math.min(...xs) + Math.max(...xs)).toBeCloseTo(sizePx - 1, 6);
    // fills nearly all, and nothing is cut off
    for (const [least, most] of [
      [Math.min(...xs), Math.max(...xs)],
      [Math.min(...ys), Math.max(...ys)],
    ] as const) {
      expect(least).toBeGreaterThan(0);
      expect(most).toBeLessThan(sizePx - 1);
      expect(most - least).toBeGreaterThan(0.85 * sizePx);
    }
  });

  test('has the ring reach all four borders', () => {
    const front = frontOf(referenceShape, canonicalFrame());
    const ring = Array.from({ length: referenceShape.length / 3 - fiducialCount }, (_, i) => fiducialCount + i);
    for (const axis of [0, 1] as const) {
      const values = pointsIn(front, ring, axis);
      expect(Math.min(...values)).toBeLessThanOrEqual(-0.5);
      expect(Math.max(...values)).toBeGreaterThanOrEqual(151.5);
    }
  });

  test('is 152 px by default, named for its size', () => {
    expect(canonicalFrame()).toMatchObject({ sizePx: 152, name: 'canonical-152' });
  });
});

/** The reference from the front as a photo's landmarks, larger and moved. */
const points = frontOf(referenceShape, {
  name: 'photo',
  sizePx: 1,
  fromReference: { a: 2, b: 0, c: 300, d: 0, e: 2, f: 200 },
});
const deepface67 = createLandmarks('deepface67', Float32Array.from(points.subarray(0, 2 * fiducialCount)));
const ibug68 = (() => {
  const p = deepface67.points;
  return createLandmarks(
    'ibug68',
    Float32Array.of(...p.subarray(0, 132), ...p.subarray(124, 126), ...p.subarray(132, 134)),
  );
})();
const photo = createImage({ width: 8, height: 8 });

describe('the frame of a crop', () => {
  test('the landmarks here are the reference twice as large', () => {
    expect(interocularPx(deepface67)).toBeCloseTo(126, 0);
    expect(landmark(toFiducials67(ibug68), 66)).toEqual(landmark(deepface67, 66));
  });

  test.each([dlibChip5(), dlibChip51(), arcface112()])(
    'of $name has the reference where the aligned face would be',
    (template) => {
      const { fromReference, sizePx, name } = frameOfTemplate(template);
      const landmarks = template.scheme === 'deepface67' ? deepface67 : ibug68;
      const { toImage } = alignToTemplate(photo, landmarks, { template });
      expect([sizePx, name]).toEqual([template.sizePx, `front-${template.name}`]);
      // mm are half the photo's px
      expect(fromReference.a * toImage.a - fromReference.d * toImage.d).toBeCloseTo(2, 3);
      const [u, v] = [(150 - 300) / 2, (250 - 200) / 2];
      const x = fromReference.a * u + fromReference.b * v + fromReference.c;
      const y = fromReference.d * u + fromReference.e * v + fromReference.f;
      expect(toImage.a * x + toImage.b * y + toImage.c).toBeCloseTo(150, 2);
      expect(toImage.d * x + toImage.e * y + toImage.f).toBeCloseTo(250, 2);
    },
  );

  test('of a head has the reference where the cropped head would be, stretched as it is', () => {
    const { fromReference, sizePx } = frameOfHead(facenetHead);
    const { toImage } = alignToHead(photo, ibug68, { crop: facenetHead });
    expect(sizePx).toBe(160);
    expect(fromReference.a * toImage.a).toBeCloseTo(2, 4);
    expect(fromReference.e * toImage.e).toBeCloseTo(2, 4);
    expect(fromReference.a / fromReference.e).toBeCloseTo(facenetHead.height / facenetHead.width, 4);
    expect(toImage.a * fromReference.c + toImage.c).toBeCloseTo(300, 1);
    expect(toImage.e * fromReference.f + toImage.f).toBeCloseTo(200, 1);
  });
});
