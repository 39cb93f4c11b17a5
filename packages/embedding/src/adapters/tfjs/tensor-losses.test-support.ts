import { loadTensorFlow, type TensorFlow } from '@kith/network/tfjs';
import { expect } from 'vitest';
import type { Rows } from '../../metric/index.ts';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from './row-tensors.ts';

export const tf: TensorFlow = await loadTensorFlow();

/** Rows as a tensor of single precision. */
export const tensorOf = ({ values, count, dimension }: Rows): Tensor2D =>
  tf.tensor2d(Float32Array.from(values), [count, dimension]);

export const vectorOf = (values: Float64Array): Tensor1D => tf.tensor1d(Float32Array.from(values));

export interface Differentiated {
  readonly value: number;
  /** One a given array. */
  readonly gradients: readonly Float64Array[];
}

/** A value and its gradients by each given tensor; fails when a tensor is left over. */
export function differentiate<T extends readonly Tensor[]>(
  given: () => readonly [...T],
  loss: (...tensors: T) => Scalar,
): Differentiated {
  const before = tf.memory().numTensors;
  const { value, grads } = tf.tidy(() => {
    const { value, grads } = tf.valueAndGrads((...all) => loss(...(all as unknown as T)))([...given()]);
    return { value, grads };
  });
  const gradients = grads.map((one) => Float64Array.from(one.dataSync()));
  const answer = { value: value.dataSync()[0]!, gradients };
  tf.dispose([value, grads]);
  expect(tf.memory().numTensors).toBe(before);
  return answer;
}

/** Expect the value to 1e-4 of itself, and each gradient to 1e-4 of its greatest number. */
export function expectSame(got: Differentiated, expected: Differentiated): void {
  expect(differenceOver([got.value], [expected.value])).toBeLessThan(1e-4);
  expect(got.gradients.length).toBe(expected.gradients.length);
  for (const [k, gradient] of expected.gradients.entries()) {
    expect(differenceOver(got.gradients[k]!, gradient)).toBeLessThan(1e-4);
  }
}

/** The greatest difference over the greatest of the expected numbers; no less than that over 1e-3. */
function differenceOver(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(got.length).toBe(expected.length);
  const greatest = Array.from(expected).reduce((most, part) => Math.max(most, Math.abs(part)), 1e-3);
  // NaN goes through Math.max
  return Array.from(expected).reduce((most, part, k) => Math.max(most, Math.abs(got[k]! - part) / greatest), 0);
}
