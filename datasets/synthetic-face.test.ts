import type { Point } from '@kith/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { syntheticFace, syntheticGroup, syntheticTruth } from './synthetic-face.ts';

const size = 64;

test('the same seeds draw the same picture, another person or view another one', () => {
  fc.assert(
    fc.property(fc.nat(9999), fc.nat(99), (identity, view) => {
      const picture = syntheticFace({ identity, view, size });
      expect(syntheticFace({ identity, view, size })).toEqual(picture);
      expect(syntheticFace({ identity: identity + 1, view, size }).data).not.toEqual(picture.data);
      expect(syntheticFace({ identity, view: view + 1, size }).data).not.toEqual(picture.data);
    }),
    { numRuns: 5 },
  );
});

test('the eyes and the nose lie in the box, the right eye on the left, and follow the head as it turns', () => {
  fc.assert(
    fc.property(fc.nat(9999), fc.nat(99), (identity, view) => {
      const turned = (yawDegrees: number) =>
        syntheticTruth({ identity, view, size: 256, overrides: { yawDegrees, rollDegrees: 0 } });
      const { box, rightEye, leftEye, noseTip } = turned(0);
      for (const [x, y] of [rightEye, leftEye, noseTip]) {
        expect(x).toBeGreaterThan(box.xMin);
        expect(x).toBeLessThan(box.xMax);
        expect(y).toBeGreaterThan(box.yMin);
        expect(y).toBeLessThan(box.yMax);
      }
      expect(rightEye[0]).toBeLessThan(leftEye[0]);
      const off = (yaw: number) => {
        const face = turned(yaw);
        return face.noseTip[0] - (face.rightEye[0] + face.leftEye[0]) / 2;
      };
      expect(off(25)).toBeGreaterThan(off(0));
      expect(off(-25)).toBeLessThan(off(0));
    }),
    { numRuns: 50 },
  );
});

test('what the truth says is drawn there: pupils are darker than the cheek beneath', () => {
  for (const identity of [1, 2, 5, 7]) {
    const picture = syntheticFace({ identity, size: 256 });
    const { rightEye, leftEye } = syntheticTruth({ identity, size: 256 });
    const brightness = ([x, y]: Point) => {
      const at = (Math.round(y) * picture.width + Math.round(x)) * 3;
      return picture.data[at]! + picture.data[at + 1]! + picture.data[at + 2]!;
    };
    for (const [x, y] of [rightEye, leftEye]) expect(brightness([x, y])).toBeLessThan(0.6 * brightness([x, y + 22]));
  }
});

test('a group shows its people side by side, nobody over another', () => {
  const { image, faces } = syntheticGroup({ identities: [3, 8, 11], view: 4, height: 120 });
  expect(faces.map(({ identity }) => identity)).toEqual([3, 8, 11]);
  for (const [i, { box }] of faces.entries()) {
    expect(box.xMin).toBeGreaterThan(i === 0 ? 0 : faces[i - 1]!.box.xMax);
    expect(box.xMax).toBeLessThan(image.width);
  }
});
