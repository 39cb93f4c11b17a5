import { createImage, FaceError } from '@kith/core';
import type { Batch, Session } from '@kith/network';
import { describe, expect, test } from 'vitest';
import { landmarkDetector } from './landmark-detector.ts';
import { ssdHeads } from './networks/face-api-ssd.ts';
import { ssdDetector, tinyDetector } from './session-detectors.ts';

interface Fake {
  readonly session: Session;
  readonly batches: Batch[];
}

/** A session that gives what it is told to give. */
function fake(sidePx: number, shapes: readonly (readonly number[])[], answer: (batch: Batch) => Float32Array[]): Fake {
  const batches: Batch[] = [];
  const session: Session = {
    input: [sidePx, sidePx, 3],
    outputs: shapes.map((shape, i) => ({ name: `${i}`, shape })),
    async run(batch) {
      batches.push(batch);
      return answer(batch);
    },
    async dispose() {},
  };
  return { session, batches };
}

const ssdShapes = ssdHeads.flatMap(({ cells, anchors }) => [
  [cells, cells, anchors * 4],
  [cells, cells, anchors * 3],
]);

/** An SSD that sees the box of the coarsest head's first prior, .95 of the square, with some logit. */
function ssd(logit: number): Fake {
  return fake(512, ssdShapes, () =>
    ssdShapes.map((shape, i) => {
      const length = shape.reduce((product, size) => product * size, 1);
      const values = new Float32Array(length).fill(i % 2 === 1 ? -20 : 0);
      if (i === ssdShapes.length - 1) values[1] = logit;
      return values;
    }),
  );
}

describe('ssdDetector', () => {
  test('gives boxes in px of the image, cut to the square', async () => {
    const { session, batches } = ssd(2);
    const detections = await ssdDetector(session).detect(createImage({ width: 3000, height: 2000 }));
    // shrunk to 750 × 500 on the way; the square is 3000 px of the image
    expect(batches.map(({ count, data }) => [count, data.length])).toEqual([[1, 512 * 512 * 3]]);
    expect(detections).toHaveLength(1);
    expect(detections[0]!.score).toBeCloseTo(1 / (1 + Math.exp(-2)), 6);
    expect(detections[0]!.box).toEqual({
      xMin: expect.closeTo(75, 2),
      yMin: expect.closeTo(75, 2),
      xMax: expect.closeTo(2925, 2),
      yMax: expect.closeTo(2925, 2),
    });
  });

  test('does not report what it hardly believes in', async () => {
    const image = createImage({ width: 50, height: 50 });
    expect(await ssdDetector(ssd(0).session, { minScore: 0.5 }).detect(image)).toEqual([]);
    expect(await ssdDetector(ssd(0).session, { minScore: 0.49 }).detect(image)).toHaveLength(1);
  });

  test.each([0, 1, -1, Number.NaN])('refuses a lowest score of %s', (minScore) => {
    expect(() => ssdDetector(ssd(0).session, { minScore })).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });

  test('refuses a session of another network', () => {
    const { session } = fake(416, [[13, 13, 25]], () => []);
    expect(() => ssdDetector(session)).toThrow(FaceError);
    expect(() => ssdDetector(session)).toThrow(expect.objectContaining({ code: 'MODEL_UNSUPPORTED' }));
  });
});

describe('tinyDetector', () => {
  const seen = (cell: number, logit: number) =>
    fake(64, [[2, 2, 25]], () => {
      const values = new Float32Array(2 * 2 * 25);
      for (let i = 4; i < values.length; i += 5) values[i] = -20;
      values[cell * 25 + 4] = logit;
      return [values];
    });

  test('gives boxes in px of the image, beyond its frame where they are', async () => {
    const { session } = seen(3, 1);
    const [detection] = await tinyDetector(session, { sidePx: 64 }).detect(createImage({ width: 40, height: 80 }));
    // centre of the last of 2 × 2 cells of a square of 80 px; the anchor is 1.603231 × 2.094468 cells of 40 px
    expect(detection!.box).toEqual({
      xMin: expect.closeTo(60 - 0.5 * 1.603231 * 40, 3),
      yMin: expect.closeTo(60 - 0.5 * 2.094468 * 40, 3),
      xMax: expect.closeTo(60 + 0.5 * 1.603231 * 40, 3),
      yMax: expect.closeTo(60 + 0.5 * 2.094468 * 40, 3),
    });
  });

  test('refuses a session of another side', () => {
    expect(() => tinyDetector(seen(0, 0).session, { sidePx: 320 })).toThrow(
      expect.objectContaining({ code: 'MODEL_UNSUPPORTED' }),
    );
  });
});

describe('landmarkDetector', () => {
  /** A net that sees every point in the middle but for the eyes, which are level in its crop. */
  const net = () =>
    fake(112, [[136]], ({ count }) => {
      const values = new Float32Array(count * 136).fill(0.5);
      for (let face = 0; face < count; face++)
        for (let i = 36; i < 48; i++) values[face * 136 + 2 * i] = i < 42 ? 0.25 : 0.75;
      return [values];
    });
  const image = createImage({ width: 200, height: 200 });
  const box = { xMin: 20, yMin: 40, xMax: 120, yMax: 140 };

  test.each([
    ['square', [3]],
    ['upright', [3, 3]],
    ['uprightMirrored', [3, 6]],
  ] as const)('looks %s at all faces of an image in batches of %j', async (looks, counts) => {
    const { session, batches } = net();
    const located = await landmarkDetector(session, { looks }).locate(image, [box, box, box]);
    expect(located).toHaveLength(3);
    expect(batches.map(({ count }) => count)).toEqual(counts);
  });

  test('gives points in px of the image: the middle of the square is the middle of the box', async () => {
    const [face] = await landmarkDetector(net().session, { looks: 'square' }).locate(image, [box]);
    // a transform counts from pixels' centres, a box from their edges
    expect([...face!.points.subarray(0, 2)]).toEqual([expect.closeTo(69.5, 3), expect.closeTo(89.5, 3)]);
    expect([...face!.points.subarray(72, 74)]).toEqual([expect.closeTo(44.5, 3), expect.closeTo(89.5, 3)]);
  });

  test('the mirrored look undoes what a net pulls to one side', async () => {
    const pulled = fake(112, [[136]], ({ count }) => {
      const values = new Float32Array(count * 136).fill(0.5);
      for (let face = 0; face < count; face++)
        for (let i = 0; i < 68; i++)
          values[face * 136 + 2 * i] = 0.5 + (i >= 36 && i < 42 ? -0.2 : 0) + (i >= 42 && i < 48 ? 0.2 : 0) + 0.01;
      return [values];
    });
    const looks = ['upright', 'uprightMirrored'] as const;
    const [upright, mirrored] = await Promise.all(
      looks.map(async (look) => (await landmarkDetector(pulled.session, { looks: look }).locate(image, [box]))[0]!),
    );
    // 0.01 of the first square, 100 px, in both; another 0.01 of the second, 1.2 · 40 px, where no mirror undoes it
    expect(mirrored!.points[0]).toBeCloseTo(69.5 + 1, 2);
    expect(upright!.points[0]).toBeCloseTo(69.5 + 1 + 0.48, 2);
  });

  test('asks nothing where there is no face', async () => {
    const { session, batches } = net();
    expect(await landmarkDetector(session).locate(image, [])).toEqual([]);
    expect(batches).toEqual([]);
  });
});
