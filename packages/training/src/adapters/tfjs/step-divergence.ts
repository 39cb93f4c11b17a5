import { FaceError } from '@kith/core';
import type { Weights } from '@kith/network';
import type { TensorFlow } from '@kith/network/tfjs';
import type { LayersModel, Tensor, Variable } from '@tensorflow/tfjs';

/** A pass forward that is looked into. */
export interface SuspectPass {
  readonly pixels: Tensor;
  /** How the model was applied. */
  readonly call: { readonly training: boolean; readonly seed: number | undefined };
  readonly heads: ReadonlyMap<string, Variable>;
}

/** The first layer whose weights, or whose output for a batch, hold a number that is not finite; else such a parameter of the objective. */
export function firstNotFinite(
  tf: TensorFlow,
  model: LayersModel,
  { pixels, call, heads }: SuspectPass,
): string | undefined {
  return tf.tidy(() => {
    const outputs = tf.model({ inputs: model.inputs, outputs: model.layers.flatMap(({ output }) => output) });
    const values = [outputs.apply(pixels, call) as Tensor | Tensor[]].flat();
    const isWrong = (tensor: Tensor) => !areFinite(tf, tensor);
    const layer = model.layers.find((one, i) => isWrong(values[i]!) || one.getWeights().some(isWrong));
    return layer?.name ?? [...heads].find(([, head]) => isWrong(head))?.[0];
  });
}

/** The variable nearest to the loss, where gradients come from, whose gradient is not finite. */
export function lastNotFinite(tf: TensorFlow, gradients: ReadonlyMap<string, Tensor>): string | undefined {
  return [...gradients].findLast(([, gradient]) => !tf.tidy(() => areFinite(tf, gradient)))?.[0];
}

/** @throws {FaceError} `TRAINING_DIVERGED` when a weight is not finite, naming the first. */
export function assertAllFinite(
  weights: Weights,
  { iteration, what = '' }: { readonly iteration: number; readonly what?: string },
): void {
  for (const [name, { data }] of weights) {
    const bad = data.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw diverged(`After ${iteration} updates ${what}${name} holds ${data[bad]} at ${bad}.`);
  }
}

/**
 * Say where embeddings that are not finite began.
 *
 * @param pixels - Of faces whose embeddings are such. Shape `[count, side, side, 3]`.
 * @returns `TRAINING_DIVERGED`.
 */
export function embeddingsDiverged(tf: TensorFlow, model: LayersModel, pixels: Tensor): FaceError {
  const call = { training: false, seed: undefined };
  const place = firstNotFinite(tf, model, { pixels, call, heads: new Map() }) ?? 'their length';
  return diverged(`The embeddings of faces to judge or to mine are not finite; it began at ${place}.`);
}

/** @param what - Is not finite, and where that began. */
export function diverged(what: string, options?: ErrorOptions): FaceError {
  const remedy = 'Lower the learning rate or clip gradients, and go on from the last good snapshot.';
  return new FaceError('TRAINING_DIVERGED', `${what} ${remedy}`, options);
}

function areFinite(tf: TensorFlow, tensor: Tensor): boolean {
  return tf.isFinite(tensor).all().dataSync()[0] === 1;
}
