import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromBfloats, fromHalves, toHalves } from './small-floats.ts';

/** Binary16 as the standard words it. */
function halfByFormula(bits: number): number {
  const sign = bits >= 0x8000 ? -1 : 1;
  const exponent = Math.floor(bits / 1024) % 32;
  const fraction = (bits % 1024) / 1024;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -14 : sign * (1 + fraction) * 2 ** (exponent - 15);
}

describe('small floats', () => {
  test('all 65,536 halves are what the formula gives, zeros with their sign', () => {
    const all = fromHalves(Uint16Array.from({ length: 1 << 16 }, (_, bits) => bits));
    const wrong = Array.from(all.keys()).filter((bits) => !Object.is(all[bits], halfByFormula(bits)));
    expect(wrong).toEqual([]);
  });

  test('every half is written as itself', () => {
    const bits = Uint16Array.from({ length: 1 << 16 }, (_, i) => i);
    const numbers = fromHalves(bits);
    const written = toHalves(numbers);
    expect([...bits].filter((half) => written[half] !== half && !Number.isNaN(numbers[half]))).toEqual([]);
    expect([...fromHalves(toHalves(Float32Array.of(Number.NaN)))]).toEqual([Number.NaN]);
  });

  test('between two halves the nearer is written, midway the even one', () => {
    fc.assert(
      fc.property(fc.nat(0x7bff), fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean(), (below, share, isMinus) => {
        // above the greatest half stands what would be the next
        const [low, high] = [halfByFormula(below), below === 0x7bff ? 65_536 : halfByFormula(below + 1)];
        for (const number of [Math.fround(low + share * (high - low)), (low + high) / 2]) {
          const isUp = number - low > high - number || (number - low === high - number && below % 2 === 1);
          const [bits] = toHalves(Float32Array.of(isMinus ? -number : number));
          expect(bits).toBe((isMinus ? 0x8000 : 0) + below + (isUp ? 1 : 0));
        }
      }),
    );
  });

  test('what is too great is infinite, what is too small is zero, each with its sign', () => {
    const numbers = [65_519, 65_520, 3e38, Number.POSITIVE_INFINITY, 2 ** -25, 1.01 * 2 ** -25, 1e-40, -1e-40, -7e4];
    expect([...fromHalves(toHalves(Float32Array.from(numbers)))]).toEqual([
      ...[65_504, ...Array<number>(3).fill(Number.POSITIVE_INFINITY), 0, 2 ** -24, 0, -0, Number.NEGATIVE_INFINITY],
    ]);
  });

  test('numbers that begin anywhere in their buffer are written', () => {
    expect([...toHalves(Float32Array.of(1, 2, 4).subarray(1))]).toEqual([0x4000, 0x4400]);
  });

  test('a bfloat is the single with zeros below', () => {
    const singles = Float32Array.of(1, -2.5, 0.15625, 2 ** -130, Number.POSITIVE_INFINITY, -0);
    const upper = Uint16Array.from(new Uint32Array(singles.buffer), (bits) => bits >>> 16);
    expect([...fromBfloats(upper)]).toEqual([...singles]);
  });
});
