import { FaceError, seedOf } from '@kith/core';
import type { Weights } from '@kith/network';
import {
  assignWeights,
  buildModel,
  keptVariables,
  readWeights,
  type TensorFlow,
  trainableVariables,
} from '@kith/network/tfjs';
import type { LayersModel, Variable } from '@tensorflow/tfjs';
import { NormAverages } from './norm-averages.ts';
import { createOptimizer, type Optimizer } from './optimizer.ts';
import { gradientStep, type StepResult, type StepTask } from './step.ts';
import { assertAllFinite, diverged, lastNotFinite } from './step-divergence.ts';
import type { TrainedStep, TrainingState, TrainingTask } from './train-task.ts';

/** One batch of an update. */
interface Pass extends StepResult {
  readonly images: number;
  /** Of TensorFlow's passes forward and back. */
  readonly ms: number;
}

/** Keeps dropout's seeds apart from those of other uses of the run's seed. */
const maskStream = 0x6d61736b;

/** A training under way: its model, what the objective and the optimizer have learnt, and how far it has come. */
export class TrainingRun {
  readonly #tf: TensorFlow;
  readonly #task: TrainingTask;
  readonly #step: StepTask;
  readonly #optimizer: Optimizer;
  /** Where weights are averaged. */
  readonly #norms: NormAverages | undefined;
  #averagedModel: LayersModel | undefined;
  #iteration: number;
  #bestScore: number | undefined;
  #validationsSinceBest: number;

  /** @throws {FaceError} `SNAPSHOT_MISMATCH`, `WEIGHTS_MISMATCH`, `WEIGHTS_NOT_FINITE`; nothing is held then. */
  constructor(tf: TensorFlow, task: TrainingTask) {
    const { network, objective, config, state, isNormFrozen = false, learns = () => true, multipliers } = task;
    const headWeights = objective.parameters ?? new Map();
    if (state) assertStateFits(state, headWeights);
    const model = buildModel(tf, network, { weights: state?.groups.model ?? task.weights });
    const heads = variablesOf(tf, state?.groups.head ?? headWeights);
    const own = [...trainableVariables(model)].filter(([name]) => learns(name));
    const variables = new Map([...own, ...[...heads].map(([name, head]) => [`head:${name}`, head] as const)]);
    this.#tf = tf;
    this.#task = task;
    this.#step = { model, objective, heads, variables, isNormFrozen };
    this.#optimizer = createOptimizer(tf, { config, variables, ...(multipliers ? { multipliers } : {}) });
    this.#iteration = state?.iteration ?? 0;
    this.#bestScore = state?.bestScore ?? task.startScore;
    this.#validationsSinceBest = state?.validationsSinceBest ?? 0;
    if (config.emaDecay !== undefined) {
      this.#norms = new NormAverages(tf, keptVariables(model), { decay: config.emaDecay });
    }
    if (state) this.#restore(state.groups);
  }

  #restore({ optimizer, judged }: TrainingState['groups']): void {
    try {
      this.#optimizer.restore(optimizer!);
      if (judged) this.#norms?.restore(judged);
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** Completed updates. */
  get iteration(): number {
    return this.#iteration;
  }

  /** Why it has come to its end; undefined while it goes on. */
  get ending(): string | undefined {
    const { config, patience = Number.POSITIVE_INFINITY } = this.#task;
    if (this.#validationsSinceBest > patience) return 'no better score';
    return this.#iteration >= config.maxIterations ? 'done' : undefined;
  }

  /** Make one update. @throws {FaceError} `TRAINING_DIVERGED`, the weights being as before. */
  async update(): Promise<TrainedStep> {
    const { config, loader } = this.#task;
    const start = performance.now();
    const waitedBefore = loader.waitedMs;
    const passes: Pass[] = [];
    for (let part = 0; part < config.iterationSize; part++) passes.push(await this.#accumulate(part));
    const { learningRate, gradientNorm } = this.#optimizer.apply(this.#iteration);
    if (!Number.isFinite(gradientNorm)) throw await this.#gradientError(gradientNorm);
    this.#norms?.follow();
    this.#iteration++;
    const total = (of: (pass: Pass) => number) => passes.reduce((sum, pass) => sum + of(pass), 0);
    const spentMs = performance.now() - start;
    const waitShare = (loader.waitedMs - waitedBefore) / spentMs;
    return {
      iteration: this.#iteration,
      epoch: this.#epoch,
      loss: total(({ loss }) => loss) / passes.length,
      learningRate,
      gradientNorm,
      waitShare,
      imagesPerSecond: (total(({ images }) => images) / spentMs) * 1000,
      secondsPerUpdate: spentMs / 1000,
      overheadShare: Math.max(0, 1 - total(({ ms }) => ms) / spentMs - waitShare),
      numbers: passes.at(-1)!.numbers,
    };
  }

  /** Judge the model where that is wanted. @returns Whether it is the best so far. */
  async judge(): Promise<boolean> {
    const { validate } = this.#task;
    if (!validate) return false;
    const score = await validate({ model: this.#judgedModel(), iteration: this.#iteration, epoch: this.#epoch });
    const isBest = score > (this.#bestScore ?? Number.NEGATIVE_INFINITY);
    if (isBest) this.#bestScore = score;
    this.#validationsSinceBest = isBest ? 0 : this.#validationsSinceBest + 1;
    return isBest;
  }

  /** Give the state away to be saved. @throws {FaceError} `TRAINING_DIVERGED` when it holds a number that is not finite. */
  async keep(isBest: boolean): Promise<void> {
    const { save } = this.#task;
    if (!save) return;
    const groups = {
      model: readWeights(this.#step.model),
      optimizer: this.#optimizer.state(),
      head: weightsOf(this.#step.heads),
      ...(this.#norms ? { judged: this.judgedWeights() } : {}),
    };
    for (const weights of Object.values(groups)) assertAllFinite(weights, { iteration: this.#iteration });
    const state = {
      iteration: this.#iteration,
      groups,
      bestScore: this.#bestScore,
      validationsSinceBest: this.#validationsSinceBest,
    };
    await save(state, isBest);
  }

  /** What it is judged by. */
  judgedWeights(): Weights {
    return readWeights(this.#judgedModel());
  }

  dispose(): void {
    const { model, heads } = this.#step;
    this.#optimizer.dispose();
    this.#norms?.dispose();
    this.#tf.dispose([...heads.values()]);
    model.dispose();
    this.#averagedModel?.dispose();
  }

  get #epoch(): number {
    const { config, batchesPerEpoch } = this.#task;
    return (this.#iteration * config.iterationSize) / batchesPerEpoch;
  }

  /** Add the gradients of one of the update's batches to the optimizer's. */
  async #accumulate(part: number): Promise<Pass> {
    const pass = await this.#pass(part);
    this.#optimizer.accumulate(pass.gradients);
    this.#tf.dispose([...pass.gradients.values()]);
    return pass;
  }

  async #pass(part: number): Promise<Pass> {
    const { config, loader } = this.#task;
    const place = this.#iteration * config.iterationSize + part;
    const batch = await loader.next(place);
    const start = performance.now();
    const seed = seedOf(config.seed, maskStream, place);
    const result = gradientStep(this.#tf, this.#step, { batch, iteration: this.#iteration, seed });
    return { ...result, images: batch.rows.length, ms: performance.now() - start };
  }

  /** Go through the update's batches again, it having changed no weight, to find where its gradient began not to be finite. */
  async #gradientError(gradientNorm: number): Promise<FaceError> {
    const what = `The gradient of iteration ${this.#iteration} is ${gradientNorm} long`;
    for (let part = 0; part < this.#task.config.iterationSize; part++) {
      const { gradients } = await this.#pass(part);
      const place = lastNotFinite(this.#tf, gradients);
      this.#tf.dispose([...gradients.values()]);
      if (place) return diverged(`${what}; it began at ${place}.`);
    }
    return diverged(`${what}, too long for a number.`);
  }

  /** The model with averaged weights and statistics where there are any. @throws {FaceError} `TRAINING_DIVERGED`. */
  #judgedModel(): LayersModel {
    const own = readWeights(this.#step.model);
    assertAllFinite(own, { iteration: this.#iteration });
    const averages = this.#optimizer.averaged();
    if (!averages || !this.#norms) return this.#step.model;
    const norms = this.#norms.state();
    const { network } = this.#task;
    const weights: Weights = new Map(
      [...own].map(([name, tensor]) => [name, averages.get(name) ?? norms.get(name) ?? tensor]),
    );
    assertAllFinite(weights, { iteration: this.#iteration, what: 'the average of ' });
    if (this.#averagedModel) assignWeights(this.#tf, { model: this.#averagedModel, network, weights });
    else this.#averagedModel = buildModel(this.#tf, network, { weights });
    return this.#averagedModel;
  }
}

/** @param heads - What the objective begins with. */
function assertStateFits({ groups }: TrainingState, heads: Weights): void {
  const missing = ['model', 'optimizer', 'head'].find((group) => !groups[group]);
  if (missing)
    throw new FaceError('SNAPSHOT_MISMATCH', `A state has model, optimizer and head, got none of ${missing}.`);
  const shapesOf = (weights: Weights) => [...weights].map(([name, { shape }]) => `${name} ${shape.join('×')}`).sort();
  const [expected, got] = [heads, groups.head!].map((weights) => shapesOf(weights).join(', ') || 'nothing');
  if (got === expected) return;
  throw new FaceError('SNAPSHOT_MISMATCH', `The objective learns ${expected}, got a state with ${got}.`);
}

function variablesOf(tf: TensorFlow, weights: Weights): ReadonlyMap<string, Variable> {
  const variables = [...weights].map(([name, { shape, data }]) => {
    // numbers of its own: TensorFlow.js keeps what it is given
    return [name, tf.tidy(() => tf.variable(tf.tensor(data.slice(), [...shape], 'float32')))] as const;
  });
  return new Map(variables);
}

function weightsOf(variables: ReadonlyMap<string, Variable>): Weights {
  const weights = [...variables].map(([name, variable]) => {
    return [name, { shape: variable.shape, data: Float32Array.from(variable.dataSync()) }] as const;
  });
  return new Map(weights);
}
