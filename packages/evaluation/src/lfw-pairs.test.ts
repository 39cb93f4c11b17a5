import { FaceError } from '@kith/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lfwImagePath, limitPairs, parseLfwPairs } from './lfw-pairs.ts';

const view2 = [
  '2\t2',
  'Ada\t1\t2',
  'Ada\t1\t3',
  'Ada\t1\tGrace_H\t1',
  'Ada\t2\tGrace_H\t12',
  'Alan\t1\t2',
  'Alan\t2\t3',
  'Alan\t1\tKurt\t1',
  'Alan\t2\tKurt\t1',
];

const errorOf = (lines: readonly string[]): FaceError => {
  try {
    parseLfwPairs(lines.join('\n'), { file: 'pairs.txt' });
  } catch (error) {
    if (error instanceof FaceError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

test('View 2 has folds, genuine lines first in each', () => {
  const { folds, pairs } = parseLfwPairs(`${view2.join('\n')}\n`);
  expect(folds).toBe(2);
  expect(pairs.map(({ same, fold, line }) => [same, fold, line])).toEqual([
    [true, 0, 2],
    [true, 0, 3],
    [false, 0, 4],
    [false, 0, 5],
    [true, 1, 6],
    [true, 1, 7],
    [false, 1, 8],
    [false, 1, 9],
  ]);
  expect(lfwImagePath(pairs[3]!.other)).toBe('Grace_H/Grace_H_0012.jpg');
  expect(pairs[0]!.other).toEqual({ name: 'Ada', number: 2 });
});

test('View 1 has one number in its header and is one fold; CRLF is read too', () => {
  const { folds, pairs } = parseLfwPairs('1\r\nAda\t1\t2\r\nAda\t1\tAlan\t1\r\n');
  expect(folds).toBe(1);
  expect(pairs.map(({ same }) => same)).toEqual([true, false]);
});

test.each([
  ['no header', [], 'pairs.txt:1'],
  ['a header of words', ['pairs', ...view2.slice(1)], 'pairs.txt:1'],
  ['a header of three numbers', ['2\t2\t2', ...view2.slice(1)], 'pairs.txt:1'],
  ['a line too few', view2.slice(0, -1), 'pairs.txt:9'],
  ['a line too many', [...view2, 'Kurt\t1\tAda\t1'], 'pairs.txt:10'],
  ['an empty line inside', view2.with(2, ''), 'pairs.txt:3'],
  ['an impostor line among the genuine', view2.with(1, 'Ada\t1\tAlan\t1'), 'pairs.txt:2'],
  ['a genuine line among the impostors', view2.with(3, 'Ada\t1\t2'), 'pairs.txt:4'],
  ['index 0', view2.with(1, 'Ada\t0\t2'), 'pairs.txt:2'],
  ['an index that is no number', view2.with(1, 'Ada\t1\t2x'), 'pairs.txt:2'],
  ['an image with itself', view2.with(1, 'Ada\t2\t2'), 'pairs.txt:2'],
  ['one person as two', view2.with(3, 'Ada\t1\tAda\t2'), 'pairs.txt:4'],
  ['a pair listed twice', view2.with(2, 'Ada\t2\t1'), 'pairs.txt:3'],
  ['a way out of the folder', view2.with(1, '../Ada\t1\t2'), 'pairs.txt:2'],
  ['a hidden folder', view2.with(1, '..\t1\t2'), 'pairs.txt:2'],
])('%s is an error with file and line', (_, lines, place) => {
  const { code, message } = errorOf(lines);
  expect(code).toBe('PAIRS_MALFORMED');
  expect(message.startsWith(`${place}: `)).toBe(true);
});

test('any printed list is read back, and a balanced part keeps folds and kinds even', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 2, max: 120 }),
      (folds, per, limit) => {
        const lines = Array.from({ length: folds * 2 * per }, (_, index) =>
          index % (2 * per) < per ? `P${index}\t1\t2` : `P${index}\t1\tQ${index}\t7`,
        );
        const list = parseLfwPairs([`${folds}\t${per}`, ...lines].join('\n'));
        expect(list.pairs.map(({ same }) => same)).toEqual(lines.map((line) => line.split('\t').length === 3));
        const part = limitPairs(list, limit);
        expect(part.pairs.length).toBeLessThanOrEqual(limit);
        expect(part.pairs.length).toBeGreaterThan(0);
        const counts = Array.from({ length: part.folds }, (_, fold) =>
          [true, false].map((same) => part.pairs.filter((pair) => pair.fold === fold && pair.same === same).length),
        );
        expect(new Set(counts.flat()).size).toBe(1);
        expect(counts.flat().reduce((sum, count) => sum + count, 0)).toBe(part.pairs.length);
      },
    ),
  );
});

test.each([1, 0, 2.5, Number.NaN])('a limit of %s is refused', (limit) => {
  expect(() => limitPairs(parseLfwPairs(view2.join('\n')), limit)).toThrow(FaceError);
});
