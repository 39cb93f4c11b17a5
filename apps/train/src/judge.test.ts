import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom, gaussian, l2Normalize, randomInteger } from '@kith/core';
import { conv, dense, initialWeights, network } from '@kith/network';
import { buildModel, loadTensorFlow } from '@kith/network/tfjs';
import { createPack, openPack } from '@kith/training/data';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JudgedPairs } from './data/judged-pairs.ts';
import { type Embeddings, embedPack, judge } from './judge.ts';

const [count, dimension] = [24, 5];

function drawn(seed: number): { readonly embeddings: Embeddings; readonly lists: readonly JudgedPairs[] } {
  const random = createRandom(seed);
  const rows = Array.from({ length: count }, () =>
    l2Normalize(Float32Array.from({ length: dimension }, () => gaussian(random))),
  );
  const list = (name: string): JudgedPairs => {
    // below 0 there is no face; a face is not compared with itself
    const one = Int32Array.from({ length: 30 }, () => Math.max(-1, randomInteger(random, count + 2) - 2));
    const other = one.map((row) => (row + 1 + randomInteger(random, count - 1)) % count);
    return { name, one, other, isGenuine: Uint8Array.from(one, (_, i) => i % 2) };
  };
  return {
    embeddings: { values: Float32Array.from(rows.flatMap((row) => [...row])), dimension },
    lists: [list('train'), list('test')],
  };
}

interface Pair {
  readonly same: boolean;
  /** Undefined where a face is missing. */
  readonly distance: number | undefined;
}

function pairsOf({ one, other, isGenuine }: JudgedPairs, { values }: Embeddings): Pair[] {
  return Array.from(one, (a, i) => {
    const b = other[i]!;
    const at = (row: number, k: number) => values[row * dimension + k]!;
    const parts = Array.from({ length: dimension }, (_, k) => (at(a, k) - at(b, k)) ** 2);
    const distance = a < 0 || b < 0 ? undefined : parts.reduce((sum, part) => sum + part, 0);
    return { same: isGenuine[i] === 1, distance };
  });
}

const rightAt = (pairs: readonly Pair[], threshold: number) =>
  pairs.filter(({ same, distance }) => distance !== undefined && distance <= threshold === same).length;

/** The most pairs that any threshold gets right. */
const mostRight = (pairs: readonly Pair[]) =>
  Math.max(...[-1, ...pairs.flatMap(({ distance }) => distance ?? [])].map((threshold) => rightAt(pairs, threshold)));

test('a judgement is what loops over pairs and thresholds find, a face not found being an error', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { embeddings, lists } = drawn(seed);
      const judgement = judge(embeddings, lists);
      const pairs = lists.flatMap((list) => pairsOf(list, embeddings));
      // a threshold below all distances is not in [0, 4], but accepts as few as 0 does
      expect(judgement.bestAccuracy).toBeCloseTo(mostRight(pairs) / pairs.length, 12);

      const rank = ({ same, distance }: Pair) => distance ?? (same ? Infinity : -Infinity);
      const genuine = pairs.filter(({ same }) => same).map(rank);
      const impostor = pairs.filter(({ same }) => !same).map(rank);
      let won = 0;
      for (const near of genuine) for (const far of impostor) won += near < far ? 1 : near === far ? 0.5 : 0;
      expect(judgement.auc).toBeCloseTo(won / (genuine.length * impostor.length), 12);

      const thresholds = [...genuine, ...impostor, -1].filter((limit) => {
        return impostor.filter((distance) => distance <= limit).length / impostor.length <= 0.01;
      });
      const tars = thresholds.map((limit) => genuine.filter((d) => d <= limit && d < Infinity).length / genuine.length);
      expect(judgement.tarAtFar['0.01']).toBeCloseTo(Math.max(0, ...tars), 12);
    }),
    { numRuns: 40 },
  );
});

test('the threshold of the last list is one that is best for the first', () => {
  for (let seed = 0; seed < 20; seed++) {
    const { embeddings, lists } = drawn(seed);
    const [first, last] = lists.map((list) => pairsOf(list, embeddings));
    const distances = [0, 4, ...[...first!, ...last!].flatMap(({ distance }) => distance ?? [])].sort((x, y) => x - y);
    const middles = distances.slice(1).map((distance, i) => (distance + distances[i]!) / 2);
    const best = middles.filter((limit) => rightAt(first!, limit) === mostRight(first!));
    const { accuracy } = judge(embeddings, lists);
    expect(best.map((limit) => rightAt(last!, limit) / last!.length)).toContain(accuracy);
    expect(judge(embeddings, [lists[0]!]).accuracy).toBeCloseTo(mostRight(first!) / first!.length, 12);
  }
});

test('histograms count each pair that has both faces once', () => {
  const { embeddings, lists } = drawn(5);
  const { distances } = judge(embeddings, lists);
  const pairs = lists.flatMap((list) => pairsOf(list, embeddings));
  for (const [counts, same] of [
    [distances.genuine, true],
    [distances.impostor, false],
  ] as const) {
    const found = pairs.filter((pair) => pair.same === same && pair.distance !== undefined);
    expect(counts.reduce((sum, each) => sum + each, 0)).toBe(found.length);
    expect(counts[3]).toBe(found.filter(({ distance }) => Math.floor(distance! * 10) === 3).length);
  }
});

test('weights that are finite, and embeddings that are not, are told by the layer where that began', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kith-judge-'));
  try {
    const writer = createPack(join(folder, 'faces'), { sidePx: 12 });
    writer.append({ width: 12, height: 12, data: new Uint8Array(12 * 12 * 3).fill(200) }, { person: 'a', file: 'a' });
    await writer.finish();
    const net = network('huge', { input: [8, 8, 3] }, [conv('small', 2, { kernel: 1 }), dense('large', 4)]);
    const weights = new Map(initialWeights(net)).set('large/kernel', {
      shape: [128, 4],
      data: new Float32Array(512).fill(3e38),
    });
    const tf = await loadTensorFlow();
    const model = buildModel(tf, net, { weights });
    const pack = await openPack(join(folder, 'faces'));
    expect(() => embedPack(tf, model, { pack, crop: { sizePx: 8, padding: 0.25 } })).toThrow(
      expect.objectContaining({ code: 'TRAINING_DIVERGED', message: expect.stringContaining('began at large') }),
    );
    model.dispose();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
