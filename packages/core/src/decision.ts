import type { EmbeddingSpace } from './embedding.ts';

/** A threshold with the error rates measured for it. Accept when `distance <= threshold`. */
export interface OperatingPoint {
  /** Squared L2, in [0, 4]. */
  readonly threshold: number;
  /** False match rate: share of impostor comparisons accepted at this threshold. */
  readonly fmr: number;
  /** False non-match rate: share of genuine comparisons rejected at this threshold. */
  readonly fnmr: number;
  /** Data and protocol the rates were measured with. */
  readonly measuredOn: string;
}

/** The answer to a 1:1 question. */
export interface Verification {
  readonly accepted: boolean;
  /** Squared L2, in [0, 4]. Small = same. */
  readonly distance: number;
  /** Probability that both are one person, at equal odds before the comparison. */
  readonly probability: number;
  readonly operatingPoint: OperatingPoint;
  readonly space: EmbeddingSpace;
}

/** One answer to a 1:N question: the subject and its nearest face. */
export interface Candidate {
  readonly subject: string;
  /** Squared L2 to the nearest of the subject's faces, in [0, 4]. */
  readonly distance: number;
  /** Probability that both are one person, at equal odds before the comparison. */
  readonly probability: number;
}
