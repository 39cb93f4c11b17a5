/** All half-precision numbers by their bits; made when first asked for. */
let halves: Float32Array | undefined;

/**
 * Read half-precision numbers (IEEE 754 binary16), each exactly.
 *
 * @param bits - One a number.
 */
export function fromHalves(bits: Uint16Array): Float32Array {
  halves ??= tableOfHalves();
  const out = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) out[i] = halves[bits[i]!]!;
  return out;
}

/**
 * Round numbers to half precision (IEEE 754 binary16), to the nearest, of two as near to the even one.
 *
 * @returns The bits, one a number; infinite from 65,520 on.
 */
export function toHalves(numbers: Float32Array): Uint16Array {
  const singles = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length);
  const out = new Uint16Array(numbers.length);
  for (let i = 0; i < out.length; i++) out[i] = halfBitsOf(singles[i]!);
  return out;
}

/** Whether half precision holds all finite ones of some numbers: none is 65,520 or more. */
export function fitHalves(numbers: Float32Array): boolean {
  return numbers.every((number) => !Number.isFinite(number) || Math.abs(number) < 65_520);
}

/** The bits of the half nearest to a single-precision number. */
function halfBitsOf(single: number): number {
  const sign = (single >>> 16) & 0x8000;
  const exponent = (single >>> 23) & 0xff;
  const fraction = single & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (fraction === 0 ? 0 : 0x200);
  if (exponent > 142) return sign | 0x7c00;
  // below the least normal half, so many more bits are cut off
  const cut = exponent > 112 ? 13 : 126 - exponent;
  if (cut > 24) return sign;
  const whole = exponent > 112 ? ((exponent - 112) << 23) | fraction : 0x800000 | fraction;
  const kept = whole >>> cut;
  const [rest, half] = [whole - kept * 2 ** cut, 2 ** (cut - 1)];
  // what rounds up past the greatest fraction carries into the exponent, as it should
  return sign | (kept + (rest > half || (rest === half && kept % 2 === 1) ? 1 : 0));
}

/**
 * Read bfloat16 numbers, the upper halves of single-precision ones, each exactly.
 *
 * @param bits - One a number.
 */
export function fromBfloats(bits: Uint16Array): Float32Array {
  const out = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) out[i] = bits[i]! << 16;
  return new Float32Array(out.buffer);
}

function tableOfHalves(): Float32Array {
  const singles = new Uint32Array(1 << 16);
  for (let half = 0; half < singles.length; half++) singles[half] = singleBitsOf(half);
  return new Float32Array(singles.buffer);
}

/** The bits of the single-precision number that a half is. */
function singleBitsOf(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13);
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  // below the least normal half: shift the leading one to where singles hide it
  const shift = Math.clz32(fraction) - 21;
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
}
