import { FaceError } from '@kith/core';
import type { TensorFlow } from '@kith/network/tfjs';
import type { LayersModel, Scalar, Tensor, Variable } from '@tensorflow/tfjs';
import type { LoadedBatch } from '../data/loader.ts';
import type { Objective } from './objective.ts';

/** What one pass forward and back needs. */
export interface StepTask {
  readonly model: LayersModel;
  readonly objective: Objective;
  /** The objective's own parameters. */
  readonly heads: ReadonlyMap<string, Variable>;
  /** What gradients are wanted for, by name. */
  readonly variables: ReadonlyMap<string, Variable>;
  /** Whether batch norms go by their running statistics, which then stay as they are. */
  readonly isNormFrozen: boolean;
}

export interface StepResult {
  readonly loss: number;
  /** What the objective told. */
  readonly numbers: Readonly<Record<string, number>>;
  /** By name; the caller disposes of them. */
  readonly gradients: ReadonlyMap<string, Tensor>;
}

/** Go forward and back once. @throws {FaceError} `TRAINING_DIVERGED` when the loss is not finite, naming the layer where it began. */
export function gradientStep(
  tf: TensorFlow,
  { model, objective, heads, variables, isNormFrozen }: StepTask,
  { batch, iteration }: { readonly batch: LoadedBatch; readonly iteration: number },
): StepResult {
  const numbers: Record<string, number> = {};
  const pixels = pixelsOf(tf, model, batch);
  try {
    const { value, grads } = tf.variableGrads(() => {
      const output = model.apply(pixels, { training: !isNormFrozen }) as Tensor | Tensor[];
      return objective.loss({
        embeddings: Array.isArray(output) ? output[0]! : output,
        batch,
        iteration,
        parameter: (name) => heads.get(name)!,
        report: (name, reported) => {
          numbers[name] = reported;
        },
      });
    }, [...variables.values()]);
    const loss = readScalar(value);
    if (!Number.isFinite(loss)) {
      tf.dispose(grads);
      const place = firstNotFinite(tf, model, pixels) ?? 'the loss itself';
      throw new FaceError(
        'TRAINING_DIVERGED',
        `The loss of iteration ${iteration} is ${loss}; it began at ${place}. Lower the learning rate or clip gradients, and go on from the last snapshot.`,
      );
    }
    const gradients = new Map([...variables].map(([name, variable]) => [name, grads[variable.name]!]));
    return { loss, numbers, gradients };
  } finally {
    pixels.dispose();
  }
}

function readScalar(value: Scalar): number {
  const [number] = value.dataSync();
  value.dispose();
  return number!;
}

function pixelsOf(tf: TensorFlow, model: LayersModel, { pixels, rows }: LoadedBatch): Tensor {
  const [, ...shape] = model.inputs[0]!.shape as number[];
  // numbers of its own: TensorFlow.js takes no shared memory
  return tf.tensor(new Float32Array(pixels), [rows.length, ...shape], 'float32');
}

/** The first layer whose weights, or whose output for a batch, hold a number that is not finite. */
export function firstNotFinite(tf: TensorFlow, model: LayersModel, pixels: Tensor): string | undefined {
  for (const layer of model.layers) {
    const allFinite = tf.tidy(() => {
      const outputs = tf.model({ inputs: model.inputs, outputs: layer.output }).apply(pixels, { training: true });
      return [outputs, ...layer.getWeights()].flat().every((tensor) => {
        return (
          (tf
            .isFinite(tensor as Tensor)
            .all()
            .dataSync()[0] ?? 1) !== 0
        );
      });
    });
    if (!allFinite) return layer.name;
  }
  return undefined;
}
