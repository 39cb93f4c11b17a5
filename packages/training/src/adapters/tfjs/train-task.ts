import type { Network, Weights } from '@kith/network';
import type { LayersModel } from '@tensorflow/tfjs';
import type { SolverConfig } from '../../solver/solver-config.ts';
import type { Loader } from '../data/loader.ts';
import type { Objective } from './objective.ts';
import type { Multipliers } from './optimizer.ts';

/** Where a run stands: all that it needs to go on as if it had never stopped. */
export interface TrainingState {
  /** Completed updates. */
  readonly iteration: number;
  /** Weights in groups: `model`, `optimizer`, `head`, what the objective has learnt, and, where weights are averaged, `judged`: what is judged. */
  readonly groups: Readonly<Record<string, Weights>>;
  readonly bestScore: number | undefined;
  /** Validations since the best one. */
  readonly validationsSinceBest: number;
}

/** One update, as the log keeps it. */
export interface TrainedStep {
  /** Completed updates, with this one. */
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
  /** What the objective told of the update's last batch. */
  readonly numbers: Readonly<Record<string, number>>;
}

/** A model to be judged: of the averaged weights where there are any. */
export interface Judged {
  readonly model: LayersModel;
  /** Completed updates. */
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
  /** Of what it starts from, where that was judged: the first mark to be bettered. Of a state its own counts. */
  readonly startScore?: number;
  /** Which of the network's parameters learn, by their names in the table; all by default. */
  readonly learns?: (name: string) => boolean;
  /** Whether batch norms go by their running statistics and keep them, as in fine-tuning; dropout then drops nothing. */
  readonly isNormFrozen?: boolean;
  readonly multipliers?: Multipliers;
  /** Judge the model; more is better. Every `config.testInterval` updates and at the end. */
  readonly validate?: (judged: Judged) => Promise<number>;
  /** Validations in a row without a better score that are borne: one more ends the run. No end by default. */
  readonly patience?: number;
  /**
   * Keep a state: every `config.snapshotInterval` updates, after a better validation, at the end, and when stopped. What it throws
   * ends the run.
   */
  readonly save?: (state: TrainingState, isBest: boolean) => Promise<void>;
  /** Called after each update; `stop` ends the run there, the reason being told. */
  readonly onStep?: (step: TrainedStep) => { readonly stop: string } | undefined;
  readonly signal?: AbortSignal;
}

export interface TrainingResult {
  /** The averaged ones where the solver keeps an average. */
  readonly weights: Weights;
  readonly iteration: number;
  /** Why it ended: `done`, `no better score`, or what `onStep` said. */
  readonly reason: string;
}
