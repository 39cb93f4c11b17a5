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
