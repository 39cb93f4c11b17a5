import { createImage, type Detection, type Detector, type Image } from '@kith/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cascade } from './cascade.ts';

const image = createImage({ width: 100, height: 100 });

/** A detector that always gives the same answer, and counts how often it was asked. */
function saying(...detections: Detection[]): Detector & { asked: number } {
  return {
    name: 'saying',
    asked: 0,
    async detect() {
      this.asked++;
      return detections;
    },
  };
}

function face(x: number, score: number, side = 40): Detection {
  return { box: { xMin: x, yMin: 10, xMax: x + side, yMax: 10 + side }, score };
}

describe('a cascade', () => {
  test('stops at the first stage that leaves no question open', async () => {
    const [first, second] = [saying(face(10, 0.9), face(70, 0.1)), saying()];
    expect(await cascade([{ detector: first }, { detector: second }]).detect(image)).toEqual([face(10, 0.9)]);
    expect([first.asked, second.asked]).toEqual([1, 0]);
  });

  test.each([
    ['nothing is found', [], 0],
    ['a hint is unexplained', [face(10, 0.9), face(60, 0.3)], 0],
    ['a face is smaller than the stage is trusted with', [face(10, 0.9, 15)], 0.2],
  ])('goes on when %s', async (_, detections, smallestFaceShare) => {
    const second = saying();
    await cascade([{ detector: saying(...detections), smallestFaceShare }, { detector: second }]).detect(image);
    expect(second.asked).toBe(1);
  });

  test('adds up what stages agree on, and drops what only one half believes', async () => {
    const found = await cascade([
      { detector: saying(face(10, 0.4), face(60, 0.3, 30)) },
      { detector: saying(face(12, 0.4)) },
    ]).detect(image);
    expect(found).toHaveLength(1);
    expect(found[0]!.score).toBeCloseTo(1 - 0.6 * 0.6, 12);
  });

  test('knows a loose box and a tight box of one face, and two faces in one loose box', async () => {
    const loose = { box: { xMin: 10, yMin: 10, xMax: 70, yMax: 70 }, score: 0.6 };
    const tight = { box: { xMin: 24, yMin: 26, xMax: 56, yMax: 58 }, score: 0.9 };
    const beside = { box: { xMin: 60, yMin: 24, xMax: 92, yMax: 56 }, score: 0.8 };
    const hint = face(80, 0.3, 15);
    const found = await cascade([{ detector: saying(loose, hint) }, { detector: saying(tight, beside) }]).detect(image);
    expect(found.map(({ box }) => box)).toEqual([tight.box, beside.box]);
  });

  test('does not believe a stage about faces smaller than it is trusted with', async () => {
    const stages = [
      { detector: saying(face(10, 0.9, 15)), smallestFaceShare: 0.2 },
      { detector: saying(face(60, 0.8)) },
    ];
    expect(await cascade(stages).detect(image)).toEqual([face(60, 0.8)]);
  });

  test('takes the box of the stage that is surer', async () => {
    const found = await cascade([
      { detector: saying(face(10, 0.6), face(70, 0.3, 20)) },
      { detector: saying(face(14, 0.95), face(70, 0.7, 20)) },
    ]).detect(image);
    expect(found.map(({ box }) => box)).toEqual([face(14, 0.95).box, face(70, 0.7, 20).box]);
  });

  test('never scores below its surest stage, never reports the unaccepted, best first', async () => {
    const detections = fc.array(
      fc.record({ x: fc.integer({ min: 0, max: 60 }), score: fc.double({ min: 0.01, max: 0.99, noNaN: true }) }),
      { maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(detections, detections, async (one, other) => {
        const stages = [one, other].map((items) => saying(...items.map(({ x, score }) => face(x, score))));
        const found = await cascade(stages.map((detector) => ({ detector }))).detect(image);
        const scores = found.map(({ score }) => score);
        expect(scores).toEqual([...scores].sort((a, b) => b - a));
        for (const score of scores) expect(score).toBeGreaterThanOrEqual(0.5);
        const surest = Math.max(0, ...one.map(({ score }) => score));
        if (surest >= 0.5) expect(scores[0]).toBeGreaterThanOrEqual(surest - 1e-12);
      }),
    );
  });

  test('shows its stages a large photo halved, and answers in px of the photo', async () => {
    let seen = 0;
    const detector = {
      name: 'x',
      async detect({ width }: Image) {
        seen = width;
        return [face(10, 0.9)];
      },
    };
    const photo = createImage({ width: 5000, height: 800 });
    const [found] = await cascade([{ detector }]).detect(photo);
    expect(seen).toBe(1250);
    expect(found!.box).toEqual({ xMin: 40, yMin: 40, xMax: 200, yMax: 200 });
  });

  test('is named for all its settings', () => {
    const stages = [{ detector: saying(), smallestFaceShare: 0.2 }, { detector: saying() }];
    expect(cascade(stages).name).toBe('cascade(saying from 0.2,saying;0.5;0.25)');
    expect(cascade(stages, { acceptScore: 0.6, hintScore: 0.3 }).name).toBe('cascade(saying from 0.2,saying;0.6;0.3)');
  });

  test('needs a detector', () => {
    expect(() => cascade([])).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});

test('a small answer stays open until a stage is trusted with faces of its size', async () => {
  const asked: string[] = [];
  const stage = (name: string, found: readonly Detection[]): Detector => ({
    name,
    async detect() {
      asked.push(name);
      return found;
    },
  });
  const large = { box: { xMin: 10, yMin: 10, xMax: 50, yMax: 50 }, score: 0.9 };
  const small = { box: { xMin: 80, yMin: 80, xMax: 90, yMax: 90 }, score: 0.6 };
  const stages = [
    { detector: stage('one', [large, small]), smallestFaceShare: 0.2 },
    { detector: stage('two', [large]), smallestFaceShare: 0.3 },
    { detector: stage('three', [large]) },
    { detector: stage('four', []) },
  ];
  await cascade(stages).detect(createImage({ width: 100, height: 100 }));
  expect(asked).toEqual(['one', 'two', 'three']);
});
