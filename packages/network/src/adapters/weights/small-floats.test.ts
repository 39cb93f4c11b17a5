import { describe, expect, test } from 'vitest';
import { fromBfloats, fromHalves } from './small-floats.ts';

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

  test('a bfloat is the single with zeros below', () => {
    const singles = Float32Array.of(1, -2.5, 0.15625, 2 ** -130, Number.POSITIVE_INFINITY, -0);
    const upper = Uint16Array.from(new Uint32Array(singles.buffer), (bits) => bits >>> 16);
    expect([...fromBfloats(upper)]).toEqual([...singles]);
  });
});
