import { createRandom, gaussian } from '@kith/core';
import { describe, expect, test } from 'vitest';
import { ssdHeads } from './networks/face-api-ssd.ts';
import { tinyAnchors } from './networks/face-api-tiny.ts';
import { ssdCandidates, ssdPriors } from './ssd-boxes.ts';
import { tinyCandidates } from './tiny-boxes.ts';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const minScore = 0.3;

function noise(length: number, seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length }, () => gaussian(random));
}

describe('ssdPriors', () => {
  const priors = ssdPriors();
  const at = (i: number) => [...priors.subarray(4 * i, 4 * i + 4)];

  test('are 5118, centred in the cells of their maps, row by row', () => {
    expect(priors.length).toBe(5118 * 4);
    let prior = 0;
    for (const { cells, anchors } of ssdHeads)
      for (let row = 0; row < cells; row++)
        for (let column = 0; column < cells; column++)
          for (let anchor = 0; anchor < anchors; anchor++, prior++) {
            expect(at(prior)[0]).toBeCloseTo((column + 0.5) / cells, 6);
            expect(at(prior)[1]).toBeCloseTo((row + 0.5) / cells, 6);
          }
  });

  test('begin with a small square, a wide and a tall box and end with the whole square', () => {
    expect(at(0).slice(2)).toEqual([expect.closeTo(0.1, 6), expect.closeTo(0.1, 6)]);
    expect(at(1).slice(2)).toEqual([expect.closeTo(0.2 * Math.SQRT2, 6), expect.closeTo(0.2 * Math.SQRT1_2, 6)]);
    expect(at(2).slice(2)).toEqual([expect.closeTo(0.2 * Math.SQRT1_2, 6), expect.closeTo(0.2 * Math.SQRT2, 6)]);
    expect(at(5112)).toEqual([0.5, 0.5, expect.closeTo(0.95, 6), expect.closeTo(0.95, 6)]);
  });
});

describe('ssdCandidates', () => {
  const outputs = ssdHeads.flatMap(({ cells, anchors }, i) => [
    noise(cells * cells * anchors * 4, i + 1),
    noise(cells * cells * anchors * 3, i + 101),
  ]);

  test('decodes every box and keeps those with a better score', () => {
    const priors = ssdPriors();
    const moves = outputs.filter((_, i) => i % 2 === 0).flatMap((head) => [...head]);
    const logits = outputs.filter((_, i) => i % 2 === 1).flatMap((head) => [...head]);
    const expected: { box: number[]; score: number }[] = [];
    for (let i = 0; i < 5118; i++) {
      const [cx, cy, w, h] = [0, 1, 2, 3].map((k) => priors[4 * i + k]!) as [number, number, number, number];
      const [dy, dx, dh, dw] = [0, 1, 2, 3].map((k) => moves[4 * i + k]!) as [number, number, number, number];
      const [x, y] = [cx + (dx / 10) * w, cy + (dy / 10) * h];
      const [width, height] = [w * Math.exp(dw / 5), h * Math.exp(dh / 5)];
      const score = sigmoid(logits[3 * i + 1]!);
      if (score > minScore)
        expected.push({ box: [x - width / 2, y - height / 2, x + width / 2, y + height / 2], score });
    }
    const found = ssdCandidates(outputs, { minScore });
    expect(found.scores.length).toBe(expected.length);
    expect(expected.length).toBeGreaterThan(1000);
    expected.forEach(({ box, score }, i) => {
      expect(found.scores[i]).toBeCloseTo(score, 6);
      box.forEach((value, k) => {
        expect(found.boxes[4 * i + k]).toBeCloseTo(value, 5);
      });
    });
  });
});

describe('tinyCandidates', () => {
  test('decodes every box and keeps those with a better score', () => {
    const cells = 7;
    const output = noise(cells * cells * 25, 7);
    const found = tinyCandidates(output, { cells, minScore });
    let n = 0;
    for (let row = 0; row < cells; row++)
      for (let column = 0; column < cells; column++)
        tinyAnchors.forEach(([anchorWidth, anchorHeight], anchor) => {
          const [tx, ty, tw, th, logit] = [
            ...output.subarray(((row * cells + column) * 5 + anchor) * 5).subarray(0, 5),
          ] as [number, number, number, number, number];
          if (sigmoid(logit) <= minScore) return;
          const [x, y] = [(column + sigmoid(tx)) / cells, (row + sigmoid(ty)) / cells];
          const [width, height] = [(anchorWidth * Math.exp(tw)) / cells, (anchorHeight * Math.exp(th)) / cells];
          expect(found.scores[n]).toBeCloseTo(sigmoid(logit), 6);
          [x - width / 2, y - height / 2, x + width / 2, y + height / 2].forEach((value, k) => {
            expect(found.boxes[4 * n + k]).toBeCloseTo(value, 4);
          });
          n++;
        });
    expect(found.scores.length).toBe(n);
    expect(n).toBeGreaterThan(100);
  });

  test('finds nothing where no cell believes in a face', () => {
    expect(tinyCandidates(new Float32Array(25).fill(-9), { cells: 1, minScore: 0.1 }).scores).toHaveLength(0);
  });
});
