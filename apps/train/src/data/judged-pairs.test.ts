import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pack } from '@kith/training/data';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pairsOfLists, pairsOfPeople } from './judged-pairs.ts';

function packOf(labels: readonly number[], files: readonly string[] = labels.map(String)): Pack {
  const people = [...new Set(labels)].map((label) => `person ${label}`);
  return {
    ...{ sidePx: 1, people, files, sha256: '', note: '', pixelsFile: '', count: labels.length },
    labels: Int32Array.from(labels),
  };
}

test('held-out people give every genuine pair, and as many impostor pairs', () => {
  const photos = fc.array(fc.integer({ min: 2, max: 6 }), { minLength: 2, maxLength: 6 });
  fc.assert(
    fc.property(photos, (counts) => {
      const labels = counts.flatMap((count, label) => Array.from({ length: count }, () => label));
      const [pairs, ...others] = pairsOfPeople(packOf(labels));
      expect(others).toEqual([]);
      const { one, other, isGenuine } = pairs!;
      const all = Array.from(one, (a, i) => ({ a, b: other[i]!, genuine: isGenuine[i] === 1 }));
      for (const { a, b, genuine } of all) expect(labels[a] === labels[b]).toBe(genuine);
      const genuine = new Set(
        all.filter((pair) => pair.genuine).map(({ a, b }) => `${Math.min(a, b)} ${Math.max(a, b)}`),
      );
      const expected = counts.reduce((sum, count) => sum + (count * (count - 1)) / 2, 0);
      expect(genuine.size).toBe(expected);
      expect(all).toHaveLength(2 * expected);
      expect(pairsOfPeople(packOf(labels))).toEqual([pairs]);
    }),
  );
});

test('of many pairs some are drawn', () => {
  const labels = Array.from({ length: 200 }, (_, row) => Math.floor(row / 100));
  const [pairs] = pairsOfPeople(packOf(labels));
  expect(Math.abs(pairs!.one.length / 2 - 2000)).toBeLessThan(200);
});

test('a pair of a list whose face was not found has no row', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kith-pairs-'));
  const file = join(folder, 'pairsDevTest.txt');
  writeFileSync(file, '1\nAda\t1\t2\nAda\t1\tAlan\t3\n');
  try {
    const pack = packOf([0, 1], ['Ada/Ada_0001.jpg', 'Alan/Alan_0003.jpg']);
    const [list] = await pairsOfLists([file], pack);
    expect(list).toEqual({
      name: 'pairsDevTest.txt',
      one: Int32Array.of(0, 0),
      other: Int32Array.of(-1, 1),
      isGenuine: Uint8Array.of(1, 0),
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
