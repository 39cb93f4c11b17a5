import { boxCentre, boxSize, identityAffine, intersectionOverUnion, squaredL2, transformPoint } from '@kith/core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodePhoto, syntheticFace, syntheticGroup } from '../../../datasets/synthetic-face.ts';
import { decodeImage, decodeOverview } from './decode-image.ts';
import { readLevels } from './photo-levels.ts';
import { openRecognizer, type Recognizer } from './recognizer.ts';

/** A photo of 2,000 × 1,400 px and more of a scene that is drawn at `size`. */
async function enlarged(width: number, height: number, orientation?: number): Promise<Uint8Array> {
  const { image } = syntheticGroup({ identities: [1, 2], height: 300 });
  const raw = { width: image.width, height: image.height, channels: 3 as const };
  const photo = sharp(image.data, { raw }).resize(width, height, { fit: 'fill' }).jpeg({ quality: 95 });
  return new Uint8Array(await (orientation ? photo.withMetadata({ orientation }) : photo).toBuffer());
}

describe('overview', () => {
  test.each([
    [2001, 1501, 2],
    [2561, 1201, 4],
    [1279, 700, 1],
    [6000, 4000, 8],
  ])('of %i × %i px is reduced %i times, each px the mean of its square', async (width, height, factor) => {
    const bytes = await enlarged(width, height);
    const { image, factor: got } = await decodeOverview(bytes, { sidePx: 640 });
    expect(got).toBe(factor);
    expect([image.width, image.height]).toEqual([Math.ceil(width / factor), Math.ceil(height / factor)]);
    const whole = await decodeImage(bytes);
    let off = 0;
    const samples = 500;
    for (let i = 0; i < samples; i++) {
      const x = (i * 7919) % Math.floor(width / factor);
      const y = (i * 104_729) % Math.floor(height / factor);
      let sum = 0;
      for (let k = 0; k < factor ** 2; k++) {
        const [u, v] = [x * factor + (k % factor), y * factor + Math.floor(k / factor)];
        sum += whole.data[(v * width + u) * 3]!;
      }
      off += Math.abs(sum / factor ** 2 - image.data[(y * image.width + x) * 3]!);
    }
    expect(off / samples).toBeLessThan(2);
  });

  test('lies upright as the whole does', async () => {
    const bytes = await enlarged(1600, 1300, 6);
    const { image, factor } = await decodeOverview(bytes, { sidePx: 640 });
    expect([image.width, image.height, factor]).toEqual([650, 800, 2]);
    const levels = await readLevels(bytes, {});
    expect(levels.overview.toOriginal).toEqual({ a: 2, b: 0, c: 0.5, d: 0, e: 2, f: 0.5 });
    const { image: whole, toOriginal } = await levels.closer(1.9);
    expect([whole.width, whole.height, toOriginal.a]).toEqual([1300, 1600, 1]);
  });

  test('of a small photo is the photo, decoded once', async () => {
    const levels = await readLevels(await encodePhoto(syntheticFace({ identity: 1, size: 300 })), {});
    expect(levels.overview.toOriginal).toEqual(identityAffine);
    expect((await levels.closer(1)).image).toBe(levels.overview.image);
  });

  test('refuses what is cut short', async () => {
    const bytes = await enlarged(2000, 1500);
    await expect(readLevels(bytes.subarray(0, bytes.length / 2), {})).rejects.toMatchObject({
      code: 'IMAGE_UNREADABLE',
    });
  });
});

describe('faces of a large photo', () => {
  let recognizer: Recognizer;
  beforeAll(async () => {
    recognizer = await openRecognizer();
  });
  afterAll(() => recognizer.close());

  test.each([
    ['large, seen in the overview', 1000],
    ['small, seen in a closer view', 500],
    ['smaller, seen in the whole', 400],
  ])('%s, are those of the same photo decoded whole', async (_, size) => {
    const face = await encodePhoto(syntheticFace({ identity: 3, size }), { format: 'png' });
    const canvas = { width: 3200, height: 2400, channels: 3 as const, background: '#5a6e78' };
    const bytes = await sharp({ create: canvas })
      .composite([{ input: Buffer.from(face), left: 900, top: 700 }])
      .jpeg({ quality: 95 })
      .toBuffer();
    const [found, ...others] = await recognizer.faces(new Uint8Array(bytes));
    const [expected] = await recognizer.faces(await decodeImage(new Uint8Array(bytes)));
    expect(others).toEqual([]);
    expect(intersectionOverUnion(found!.box, expected!.box)).toBeGreaterThan(0.8);
    expect(squaredL2(found!.embedding, expected!.embedding)).toBeLessThan(0.03);
    // the aligned face lies where the box does
    const { toImage, image } = found!.aligned;
    const [u, v] = transformPoint(toImage, [image.width / 2, image.height / 2]);
    const [x, y] = boxCentre(found!.box);
    expect(Math.hypot(u - x, v - y)).toBeLessThan(boxSize(found!.box).width / 3);
  });
});
