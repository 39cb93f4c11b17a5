/** What every line of a run's log has. */
interface Dated {
  /** Completed updates. */
  readonly iteration: number;
}

/** One update of every so many. Further numbers, such as `activeShare` or `deviation`, come from the objective. */
export interface StepRecord extends Dated {
  readonly kind: 'step';
  /** Passes over the data. */
  readonly epoch: number;
  readonly loss: number;
  readonly learningRate: number;
  /** Length of the gradient before it was clipped. */
  readonly gradientNorm: number;
  readonly imagesPerSecond: number;
  /** Share of the time spent waiting for images, 0–1. */
  readonly waitShare: number;
  readonly [name: string]: string | number;
}

/** How far apart people were at a validation: counts in bins of equal width from 0 to `maxDistance`. */
export interface DistanceHistograms {
  readonly maxDistance: number;
  readonly genuine: readonly number[];
  readonly impostor: readonly number[];
}

/** A validation on people that training never saw. */
export interface ValidationRecord extends Dated {
  readonly kind: 'validation';
  readonly epoch: number;
  /** Mean over the folds, 0–1. */
  readonly accuracy: number;
  /** Of the mean accuracy. */
  readonly standardError: number;
  /** Area under the ROC curve, 0–1. */
  readonly auc: number;
  /** At the threshold that is best for these very pairs, 0–1: the steadier number, to choose by. */
  readonly bestAccuracy?: number;
  /** Share of genuine pairs accepted, by false accept rate, such as `{ '0.001': 0.8 }`. */
  readonly tarAtFar?: Readonly<Record<string, number>>;
  readonly distances?: DistanceHistograms;
  /** How many were judged, and of how many people: what few of them say, says little. */
  readonly pairs?: number;
  readonly people?: number;
}

/** Something that is wrong, or may become so. */
export interface HealthRecord extends Dated {
  readonly kind: 'health';
  /** What was seen, such as `loss at the margin`. */
  readonly finding: string;
  readonly severity: 'warning' | 'error';
  /** In numbers. */
  readonly detail: string;
  /** What to do. */
  readonly remedy: string;
}

/** Anything else that happened, such as a start, a resumption, a notice or the end. */
export interface EventRecord extends Dated {
  readonly kind: 'event';
  readonly event: string;
  readonly detail?: string;
}

/** One line of a run's log. */
export type LogRecord = StepRecord | ValidationRecord | HealthRecord | EventRecord;
