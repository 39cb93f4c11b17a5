import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runInParts } from './run-in-parts.ts';
import type { Session } from './runtime.ts';

/** Gives of two numbers an input their sum, and both doubled. */
function fake(counts: number[]): Session {
  return {
    input: [2],
    outputs: [
      { name: 'sum', shape: [1] },
      { name: 'doubled', shape: [2] },
    ],
    async run({ count, data }) {
      counts.push(count);
      expect(data.length).toBe(2 * count);
      const sums = Float32Array.from({ length: count }, (_, i) => data[2 * i]! + data[2 * i + 1]!);
      return [sums, Float32Array.from(data, (value) => 2 * value)];
    },
    async dispose() {},
  };
}

test('parts give what the whole gives, and none is larger than asked', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 12 }), async (count, most) => {
      const counts: number[] = [];
      const batch = { count, data: Float32Array.from({ length: 2 * count }, (_, i) => i % 17) };
      expect(await runInParts(fake(counts), batch, { most })).toEqual(await fake([]).run(batch));
      expect(counts).toHaveLength(Math.ceil(count / most));
      expect(Math.max(...counts)).toBeLessThanOrEqual(most);
    }),
  );
});
