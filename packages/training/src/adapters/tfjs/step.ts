import { FaceError } from '@kith/core';
import type { TensorFlow } from '@kith/network/tfjs';
import type { LayersModel, Scalar, Tensor, Variable } from '@tensorflow/tfjs';
import type { LoadedBatch } from '../data/loader.ts';
import type { Objective } from './objective.ts';
import { diverged, firstNotFinite, type SuspectPass } from './step-divergence.ts';

/** What one pass forward and back needs. */
export interface StepTask {
  readonly model: LayersModel;
  readonly objective: Objective;
  /** The objective's own parameters. */
  readonly heads: ReadonlyMap<string, Variable>;
  /** What gradients are wanted for, by name. */
  readonly variables: ReadonlyMap<string, Variable>;
  /** Whether batch norms go by their running statistics, which then stay as they are; dropout then drops nothing. */
  readonly isNormFrozen: boolean;
}

/** Where a step stands. */
export interface StepPlace {
  readonly batch: LoadedBatch;
  /** Completed updates. */
  readonly iteration: number;
  /** Of dropout's masks; they come by chance where it is left out. */
  readonly seed?: number;
}

export interface StepResult {
  readonly loss: number;
  /** What the objective told. */
  readonly numbers: Readonly<Record<string, number>>;
  /** By name, of the variables that the loss reaches; the caller disposes of them. */
  readonly gradients: ReadonlyMap<string, Tensor>;
}

/**
 * Go forward and back once.
 *
 * @throws {FaceError} `TRAINING_DIVERGED` when the embeddings or the loss are not finite, naming the layer where it began. What else the
 * objective throws comes as it is.
 */
export function gradientStep(tf: TensorFlow, task: StepTask, place: StepPlace): StepResult {
  const { model, heads, variables, isNormFrozen } = task;
  const { batch, iteration, seed } = place;
  const numbers: Record<string, number> = {};
  const pixels = pixelsOf(tf, model, batch);
  const pass: SuspectPass = { pixels, call: { training: !isNormFrozen, seed }, heads };
  try {
    const { value, grads } = derive(tf, task, { ...place, pass, numbers });
    const loss = readScalar(value);
    if (!Number.isFinite(loss)) {
      tf.dispose(grads);
      const began = firstNotFinite(tf, model, pass) ?? 'the loss itself';
      throw diverged(`The loss of iteration ${iteration} is ${loss}; it began at ${began}.`);
    }
    return { loss, numbers, gradients: byName(variables, grads) };
  } finally {
    pixels.dispose();
  }
}

interface Derived extends StepPlace {
  readonly pass: SuspectPass;
  /** Takes what the objective tells. */
  readonly numbers: Record<string, number>;
}

/** The loss and its gradients; an objective that cannot reckon with numbers that are not finite has diverged. */
function derive(tf: TensorFlow, task: StepTask, { batch, iteration, pass, numbers }: Derived) {
  const { model, objective, heads, variables } = task;
  try {
    return tf.variableGrads(() => {
      const output = model.apply(pass.pixels, pass.call) as Tensor | Tensor[];
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
  } catch (cause) {
    const isOfNumbers = cause instanceof FaceError && cause.code === 'EMBEDDING_ZERO';
    const began = firstNotFinite(tf, model, pass) ?? (isOfNumbers ? 'the distances between embeddings' : undefined);
    if (began === undefined) throw cause;
    throw diverged(`The embeddings of iteration ${iteration} are not finite; it began at ${began}.`, { cause });
  }
}

function byName(variables: ReadonlyMap<string, Variable>, gradients: Readonly<Record<string, Tensor>>) {
  const reached = [...variables].filter(([, variable]) => gradients[variable.name]);
  return new Map(reached.map(([name, variable]) => [name, gradients[variable.name]!]));
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
