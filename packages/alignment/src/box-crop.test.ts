import { createImage, transformPoint } from '@kith/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alignToBox, detectorBox, facenetBox } from './box-crop.ts';

const photo = createImage({ width: 250, height: 200 });
for (let i = 0; i < photo.data.length; i++) photo.data[i] = (i * 7) % 251;

/** From the outer edges of a crop's first and last pixels to px of the photo counted from its edge. */
function frameOf(toImage: Parameters<typeof transformPoint>[0], sizePx: number): readonly number[] {
  const [xMin, yMin] = transformPoint(toImage, [-0.5, -0.5]);
  const [xMax, yMax] = transformPoint(toImage, [sizePx - 0.5, sizePx - 0.5]);
  return [xMin, yMin, xMax, yMax].map((value) => value + 0.5);
}

test('FaceNet sees the box with 16 px around it, stretched to 160 × 160', () => {
  const box = { xMin: 70, yMin: 40, xMax: 166, yMax: 172 };
  const { image, toImage } = alignToBox(photo, box, { crop: facenetBox() });
  expect([image.width, image.height]).toEqual([160, 160]);
  expect(frameOf(toImage, 160)).toEqual([54, 24, 182, 188].map((value) => expect.closeTo(value, 9)));
});

test('with the margin of 44 px it is 22 px, cut at the frame of the photo', () => {
  const box = { xMin: 10, yMin: -5, xMax: 240, yMax: 190 };
  const { toImage } = alignToBox(photo, box, { crop: facenetBox({ sizePx: 182, marginPx: 44 }) });
  expect(frameOf(toImage, 182)).toEqual([0, 0, 250, 200].map((value) => expect.closeTo(value, 9)));
});

test('a box of the size of the crop is copied, pixel by pixel', () => {
  const box = { xMin: 30, yMin: 20, xMax: 130, yMax: 120 };
  const { image } = alignToBox(photo, box, { crop: detectorBox({ sizePx: 100 }) });
  for (let v = 0; v < 100; v++) {
    const from = ((v + 20) * 250 + 30) * 3;
    expect(image.data.subarray(v * 300, (v + 1) * 300)).toEqual(photo.data.subarray(from, from + 300));
  }
});

test('without alignment a face keeps its aspect, whatever its box', () => {
  const side = fc.double({ min: 0.5, max: 400, noNaN: true });
  const corner = fc.double({ min: -300, max: 300, noNaN: true });
  fc.assert(
    fc.property(corner, corner, side, side, (xMin, yMin, width, height) => {
      const box = { xMin, yMin, xMax: xMin + width, yMax: yMin + height };
      const { toImage } = alignToBox(photo, box, { crop: detectorBox({ sizePx: 16 }) });
      expect(toImage).toMatchObject({ b: 0, d: 0 });
      expect(toImage.a).toBeCloseTo(toImage.e, 9);
      expect(toImage.a * 16).toBeCloseTo(Math.max(width, height), 6);
      const [u, v] = transformPoint(toImage, [7.5, 7.5]);
      expect(u).toBeCloseTo(xMin + width / 2 - 0.5, 6);
      expect(v).toBeCloseTo(yMin + height / 2 - 0.5, 6);
    }),
  );
});

test('a photo of one pixel can be cropped', () => {
  const dot = createImage({ width: 1, height: 1 }, { fill: [200, 100, 50] });
  const { image } = alignToBox(dot, { xMin: 0, yMin: 0, xMax: 1, yMax: 1 }, { crop: facenetBox({ sizePx: 1 }) });
  expect([...image.data]).toEqual([200, 100, 50]);
});

const [nan, wide] = [Number.NaN, Number.POSITIVE_INFINITY];
test.each([
  ['without area', { xMin: 5, yMin: 5, xMax: 5, yMax: 9 }],
  ['turned inside out', { xMin: 9, yMin: 9, xMax: 5, yMax: 5 }],
  ['not of numbers', { xMin: nan, yMin: 5, xMax: 9, yMax: 9 }],
  ['without end', { xMin: 0, yMin: 0, xMax: wide, yMax: 9 }],
])('a box %s is refused', (_, box) => {
  for (const crop of [facenetBox(), detectorBox()]) {
    expect(() => alignToBox(photo, box, { crop })).toThrow(expect.objectContaining({ code: 'FACE_NOT_FOUND' }));
  }
});

test('a box outside the photo is refused where it is cut at the frame', () => {
  const box = { xMin: 300, yMin: 20, xMax: 400, yMax: 120 };
  expect(() => alignToBox(photo, box, { crop: facenetBox() })).toThrow(
    expect.objectContaining({ code: 'FACE_NOT_FOUND' }),
  );
});
