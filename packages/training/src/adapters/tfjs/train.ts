import { FaceError } from '@kith/core';
import type { Network, Weights } from '@kith/network';
import { assignWeights, buildModel, readWeights, type TensorFlow, trainableVariables } from '@kith/network/tfjs';
import type { LayersModel, Tensor, Variable } from '@tensorflow/tfjs';
import { learningRate } from '../../solver/learning-rate.ts';
import type { SolverConfig } from '../../solver/solver-config.ts';
import type { LoadedBatch, Loader } from '../data/loader.ts';
import type { Objective } from './objective.ts';
import { createOptimizer, type Multipliers, type Optimizer } from './optimizer.ts';
import { gradientStep } from './step.ts';

/** Where a run stands: all that it needs to go on as if it had never stopped. */
export interface TrainingState {
  /** Completed updates. */
  readonly iteration: number;
  /** Weights in groups: `model`, `optimizer`, and `head`, what the objective has learnt. */
  readonly groups: Readonly<Record<string, Weights>>;
  readonly bestScore: number | undefined;
  /** Validations since the best one. */
  readonly validationsSinceBest: number;
}

/** One update, as the log keeps it. */
export interface TrainedStep {
  readonly iteration: number;
  /** Passes over the data. */
  readonly epoch: number;
  /** Mean over the batches of the update. */
  readonly loss: number;
  readonly learningRate: number;
  /** Length of the gradient before it was clipped. */
  readonly gradientNorm: number;
  /** Share of the step that it waited for faces. */
  readonly waitShare: number;
  readonly imagesPerSecond: number;
  /** Of the whole update. */
  readonly secondsPerUpdate: number;
  /** Share of the step not spent in TensorFlow's passes and waiting. */
  readonly overheadShare: number;
  /** What the objective told. */
  readonly numbers: Readonly<Record<string, number>>;
}

/** A model to be judged: of the averaged weights where there are any. */
export interface Judged {
  readonly model: LayersModel;
  readonly iteration: number;
  readonly epoch: number;
}

export interface TrainingTask {
  readonly network: Network;
  /** What the network starts from. */
  readonly weights: Weights;
  readonly objective: Objective;
  readonly config: SolverConfig;
  readonly loader: Loader;
  readonly batchesPerEpoch: number;
  /** Go on from here. */
  readonly state?: TrainingState | undefined;
  /** Which of the network's parameters learn; all by default. */
  readonly learns?: (name: string) => boolean;
  /** Whether batch norms keep their running statistics, as in fine-tuning. */
  readonly isNormFrozen?: boolean;
  readonly multipliers?: Multipliers;
  /** Judge the model; more is better. Every `config.testInterval` updates and at the end. */
  readonly validate?: (judged: Judged) => Promise<number>;
  /** Validations without a better score after which it stops; never by default. */
  readonly patience?: number;
  /** Keep a state: every `config.snapshotInterval` updates, after a better validation, at the end, and when stopped. */
  readonly save?: (state: TrainingState, isBest: boolean) => Promise<void>;
  /** Called after each update; `stop` ends the run there, the reason being told. */
  readonly onStep?: (step: TrainedStep) => { readonly stop: string } | undefined;
  readonly signal?: AbortSignal;
}

export interface TrainingResult {
  readonly weights: Weights;
  readonly iteration: number;
  /** Why it ended: `done`, `no better score`, or what `onStep` said. */
  readonly reason: string;
}

/**
 * Train a network: batches from the loader, gradients by TensorFlow, updates by Caffe's order. Every update follows from the state and
 * its iteration alone, so a run that was stopped ends as one that was not; to the bit on one TensorFlow thread.
 *
 * @throws {FaceError} `TRAINING_DIVERGED` when a number is not finite any more; `CANCELLED` after an abort, the state being kept.
 */
export async function train(tf: TensorFlow, task: TrainingTask): Promise<TrainingResult> {
  const run = startRun(tf, task);
  const { config, patience = Number.POSITIVE_INFINITY } = task;
  let reason: string | undefined;
  try {
    while (reason === undefined && run.iteration < config.maxIterations) {
      const stop = task.onStep?.(await run.update());
      const isLast = run.iteration === config.maxIterations || stop !== undefined;
      if (isLast || (config.testInterval > 0 && run.iteration % config.testInterval === 0)) await run.judge();
      const isDue = config.snapshotInterval > 0 && run.iteration % config.snapshotInterval === 0;
      if (isLast || isDue || task.signal?.aborted) await run.keep(false);
      if (task.signal?.aborted) throw task.signal.reason;
      if (stop) reason = stop.stop;
      else if (run.validationsSinceBest > patience) reason = 'no better score';
    }
    return { weights: run.judgedWeights(), iteration: run.iteration, reason: reason ?? 'done' };
  } finally {
    run.dispose();
  }
}

function startRun(tf: TensorFlow, task: TrainingTask) {
  const { network, weights, objective, config, loader, state, isNormFrozen = false, learns = () => true } = task;
  const model = buildModel(tf, network, { weights: state?.groups.model ?? weights });
  const heads = variablesOf(tf, state?.groups.head ?? objective.parameters ?? new Map());
  const own = [...trainableVariables(model)].filter(([name]) => learns(name));
  const variables = new Map([...own, ...[...heads].map(([name, head]) => [`head:${name}`, head] as const)]);
  const optimizer: Optimizer = createOptimizer(tf, {
    config,
    variables,
    ...(task.multipliers === undefined ? {} : { multipliers: task.multipliers }),
  });
  if (state) optimizer.restore(state.groups.optimizer!);
  let averaged: LayersModel | undefined;
  let { iteration, bestScore, validationsSinceBest } = state ?? {
    iteration: 0,
    bestScore: undefined,
    validationsSinceBest: 0,
  };
  let batches = iteration * config.iterationSize;

  /** The model with averaged weights where there are any; norms' statistics are the model's own. */
  const judgedModel = (): LayersModel => {
    const averages = optimizer.averaged();
    if (!averages) return model;
    averaged ??= buildModel(tf, network, { weights });
    const merged = new Map([...readWeights(model)].map(([name, own]) => [name, averages.get(name) ?? own]));
    assignWeights(tf, { model: averaged, network, weights: merged });
    return averaged;
  };
  const epoch = () => iteration / task.batchesPerEpoch;
  const keep = async (isBest: boolean): Promise<void> => {
    const groups = { model: readWeights(model), optimizer: optimizer.state(), head: weightsOf(heads) };
    await task.save?.({ iteration, groups, bestScore, validationsSinceBest }, isBest);
  };
  return {
    get iteration() {
      return iteration;
    },
    get validationsSinceBest() {
      return validationsSinceBest;
    },
    keep,
    judgedWeights: () => readWeights(judgedModel()),
    async judge(): Promise<void> {
      if (!task.validate) return;
      const score = await task.validate({ model: judgedModel(), iteration, epoch: epoch() });
      const isBest = bestScore === undefined || score > bestScore;
      validationsSinceBest = isBest ? 0 : validationsSinceBest + 1;
      if (!isBest) return;
      bestScore = score;
      await keep(true);
    },
    async update(): Promise<TrainedStep> {
      const start = performance.now();
      const waitedBefore = loader.waitedMs;
      let [loss, images, passesMs] = [0, 0, 0];
      let numbers: Readonly<Record<string, number>> = {};
      for (let part = 0; part < config.iterationSize; part++) {
        const batch: LoadedBatch = await loader.next(batches++);
        const passStart = performance.now();
        const step = gradientStep(tf, { model, objective, heads, variables, isNormFrozen }, { batch, iteration });
        passesMs += performance.now() - passStart;
        optimizer.accumulate(step.gradients);
        tf.dispose([...step.gradients.values()] as Tensor[]);
        loss += step.loss / config.iterationSize;
        images += batch.rows.length;
        numbers = step.numbers;
      }
      const rate = learningRate(config, iteration);
      const { gradientNorm } = optimizer.apply(iteration);
      iteration++;
      const spentMs = performance.now() - start;
      const waitShare = (loader.waitedMs - waitedBefore) / spentMs;
      return {
        iteration,
        epoch: epoch(),
        loss,
        learningRate: rate,
        gradientNorm: assertFinite(gradientNorm, iteration),
        waitShare,
        imagesPerSecond: (images / spentMs) * 1000,
        secondsPerUpdate: spentMs / 1000,
        overheadShare: Math.max(0, 1 - passesMs / spentMs - waitShare),
        numbers,
      };
    },
    dispose(): void {
      optimizer.dispose();
      tf.dispose([...heads.values()]);
      model.dispose();
      averaged?.dispose();
    },
  };
}

function assertFinite(gradientNorm: number, iteration: number): number {
  if (Number.isFinite(gradientNorm)) return gradientNorm;
  throw new FaceError(
    'TRAINING_DIVERGED',
    `The gradient of iteration ${iteration - 1} is ${gradientNorm} long. Lower the learning rate or clip gradients, and go on from the last snapshot.`,
  );
}

function variablesOf(tf: TensorFlow, weights: Weights): ReadonlyMap<string, Variable> {
  return new Map(
    [...weights].map(([name, { shape, data }]) => [
      name,
      tf.tidy(() => tf.variable(tf.tensor(data.slice(), [...shape], 'float32'))),
    ]),
  );
}

function weightsOf(variables: ReadonlyMap<string, Variable>): Weights {
  return new Map(
    [...variables].map(([name, variable]) => [
      name,
      { shape: variable.shape, data: Float32Array.from(variable.dataSync()) },
    ]),
  );
}
