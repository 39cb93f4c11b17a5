/**
 * Stretch numbers so that the least is 0 and the greatest 1: `(x − min) / (max − min)`. Equal numbers become 0.
 *
 * @returns Numbers in [0, 1].
 */
export function minMax(values: ArrayLike<number>): Float32Array {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    min = Math.min(min, values[i]!);
    max = Math.max(max, values[i]!);
  }
  const range = max - min;
  return Float32Array.from(values, (value) => (range > 0 ? (value - min) / range : 0));
}

/**
 * Give numbers mean 0 and deviation 1: `(x − mean) / deviation`. Equal numbers become 0.
 *
 * @returns n numbers in [−√(n − 1), √(n − 1)].
 */
export function zScore(values: ArrayLike<number>): Float32Array {
  const { mean, deviation } = momentsOf(values);
  return Float32Array.from(values, (value) => (deviation > 0 ? (value - mean) / deviation : 0));
}

/**
 * Standardize an image by its own mean and deviation, the deviation of n numbers being held at 1/√n or more, so that the noise of a
 * plain image is not blown up.
 *
 * @param pixels - All channels together.
 * @returns n numbers in [−√(n − 1), √(n − 1)], of mean 0 and a deviation of at most 1.
 * @see TensorFlow, `tf.image.per_image_standardization`.
 */
export function perImage(pixels: ArrayLike<number>): Float32Array {
  const { mean, deviation } = momentsOf(pixels);
  const divisor = Math.max(deviation, 1 / Math.sqrt(pixels.length));
  return Float32Array.from(pixels, (value) => (value - mean) / divisor);
}

/**
 * Scale a vector to length 1: `x / max(‖x‖, ε)`. One without length stays as it is.
 *
 * @returns Numbers in [−1, 1].
 */
export function unitLength(
  values: ArrayLike<number>,
  { epsilon = 1e-10 }: { readonly epsilon?: number } = {},
): Float32Array {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += values[i]! ** 2;
  const length = Math.max(Math.sqrt(squares), epsilon);
  return Float32Array.from(values, (value) => value / length);
}

/** Mean, and the root of the mean squared distance from it. */
function momentsOf(values: ArrayLike<number>): { readonly mean: number; readonly deviation: number } {
  const count = values.length;
  // from the first number on, so that equal numbers have no deviation by rounding
  const first = values[0] ?? 0;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i]! - first;
  const shift = sum / count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (values[i]! - first - shift) ** 2;
  return { mean: first + shift, deviation: Math.sqrt(squares / count) };
}
