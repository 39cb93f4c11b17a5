import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wrapWords } from './wrap-words.ts';

const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 });

test('lines hold the words in order, no more letters than asked, and as many as fit', () => {
  fc.assert(
    fc.property(words, fc.integer({ min: 12, max: 40 }), (list, length) => {
      const lines = wrapWords(list.join(' '), length);
      expect(lines.join(' ')).toBe(list.join(' '));
      for (const [i, line] of lines.entries()) {
        expect(line.length).toBeLessThanOrEqual(length);
        const next = lines[i + 1]?.split(' ')[0];
        if (next !== undefined) expect(line.length + 1 + next.length).toBeGreaterThan(length);
      }
    }),
  );
});

test('a word that is too long has its own line', () => {
  expect(wrapWords('a reallylongword b', 5)).toEqual(['a', 'reallylongword', 'b']);
});
