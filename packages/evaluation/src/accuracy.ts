import { FaceError } from '@kith/core';
import { countAtMost, type ScoredPair, type Scores, scoresOf } from './scores.ts';

/** A threshold and how many pairs it gets right. */
export interface BestThreshold {
  /** Squared L2, in [0, 4]. */
  readonly threshold: number;
  readonly correct: number;
}

/** What one fold did at the threshold that the others chose. */
export interface FoldResult {
  /** Counted from 0. */
  readonly fold: number;
  readonly threshold: number;
  readonly pairs: number;
  /** Share of pairs decided rightly, 0–1. */
  readonly accuracy: number;
  /** Impostor pairs accepted, failures not among them. */
  readonly falseMatches: number;
  /** Genuine pairs rejected, failures not among them. */
  readonly falseNonMatches: number;
  /** Pairs with a face not found, each an error. */
  readonly failures: number;
}

/** Where a protocol's threshold came from. */
export type ThresholdSource = 'other folds' | 'other list' | 'same list';

/** The outcome of a pair-matching protocol. */
export interface ProtocolResult {
  readonly thresholdFrom: ThresholdSource;
  /** Mean over the folds, 0–1. Great = good. */
  readonly accuracy: number;
  /** Standard error of the mean `σ̂ / √folds` with `σ̂² = Σ(a − mean)² / (folds − 1)`; of a single list `√(a(1 − a) / pairs)`. */
  readonly standardError: number;
  /** Standard deviation over the folds, divided by their number (`numpy.std`), as OpenFace and facenet print; null for one list. */
  readonly stdOverFolds: number | null;
  readonly folds: readonly FoldResult[];
}

/** A scored pair of a known fold. */
export interface FoldedPair extends ScoredPair {
  /** Counted from 0. */
  readonly fold: number;
}

/** Squared L2 between embeddings. */
const thresholdRange = [0, 4] as const;

/**
 * The threshold that decides most pairs rightly: among the middles between neighbouring distances, and of several plateaus
 * equally good the middle of the widest, the nearest first.
 *
 * @param scores - Failed pairs are wrong at every threshold.
 */
export function bestThreshold(scores: Scores): BestThreshold {
  let best: Plateau | undefined;
  for (const plateau of plateausOf(scores)) {
    const wider = best && plateau.correct === best.correct && plateau.to - plateau.from > best.to - best.from;
    if (best === undefined || plateau.correct > best.correct || wider) best = plateau;
  }
  const { from, to, correct } = best!;
  const middle = from + (to - from) / 2;
  // between neighbouring numbers there is no middle
  return { threshold: middle < to ? middle : from, correct };
}

/** Thresholds from `from`, inclusive, to `to`, exclusive, that get equally many pairs right. */
interface Plateau extends Pick<BestThreshold, 'correct'> {
  readonly from: number;
  readonly to: number;
}

function plateausOf({ genuine, impostor }: Scores): readonly Plateau[] {
  const [lowest, highest] = thresholdRange;
  const plateaus: Plateau[] = [];
  let g = 0;
  let i = countAtMost(impostor, Number.NEGATIVE_INFINITY);
  let from: number = lowest;
  for (;;) {
    const next = Math.min(genuine[g] ?? Number.POSITIVE_INFINITY, impostor[i] ?? Number.POSITIVE_INFINITY);
    const last = next === Number.POSITIVE_INFINITY;
    const to = last ? Math.max(highest, from) : next;
    const correct = g + impostor.length - i;
    const before = plateaus.at(-1);
    if (before?.correct === correct) plateaus[plateaus.length - 1] = { ...before, to };
    else if (to > from || last) plateaus.push({ from, to, correct });
    if (last) return plateaus;
    while (genuine[g] === next) g++;
    while (impostor[i] === next) i++;
    from = next;
  }
}

/**
 * Score each fold at the threshold chosen on the others, never on itself.
 *
 * @param pairs - At least two folds; with `threshold` given, any number, and that threshold is used for all.
 * @param threshold - Chosen elsewhere. Squared L2.
 * @throws {FaceError} `USAGE` when there are no pairs.
 * @see Huang et al., Labeled Faces in the Wild, UMass TR 07-49, 2007, View 2.
 */
export function evaluatePairs(
  pairs: readonly FoldedPair[],
  { threshold }: { readonly threshold?: number } = {},
): ProtocolResult {
  if (pairs.length === 0) throw new FaceError('USAGE', 'A protocol needs pairs, got none.');
  const folds = [...new Set(pairs.map(({ fold }) => fold))].sort((a, b) => a - b);
  const results = folds.map((fold) => {
    const chosen = folds.length === 1 ? pairs : pairs.filter((pair) => pair.fold !== fold);
    return scoreFold(
      pairs.filter((pair) => pair.fold === fold),
      { fold, threshold: threshold ?? bestThreshold(scoresOf(chosen)).threshold },
    );
  });
  const accuracies = results.map((result) => result.accuracy);
  const n = accuracies.length;
  const accuracy = accuracies.reduce((sum, each) => sum + each, 0) / n;
  const squares = accuracies.reduce((sum, each) => sum + (each - accuracy) ** 2, 0);
  return {
    thresholdFrom: threshold !== undefined ? 'other list' : n > 1 ? 'other folds' : 'same list',
    accuracy,
    standardError: n > 1 ? Math.sqrt(squares / (n - 1) / n) : Math.sqrt((accuracy * (1 - accuracy)) / pairs.length),
    stdOverFolds: n > 1 ? Math.sqrt(squares / n) : null,
    folds: results,
  };
}

/** Whether a pair is decided rightly at a threshold; a failed pair never is. */
export function isCorrect({ same, distance }: ScoredPair, threshold: number): boolean {
  return distance !== undefined && distance <= threshold === same;
}

function scoreFold(
  pairs: readonly FoldedPair[],
  { fold, threshold }: { readonly fold: number; readonly threshold: number },
): FoldResult {
  const failures = pairs.filter(({ distance }) => distance === undefined).length;
  const wrong = pairs.filter((pair) => pair.distance !== undefined && !isCorrect(pair, threshold));
  const falseNonMatches = wrong.filter(({ same }) => same).length;
  return {
    fold,
    threshold,
    pairs: pairs.length,
    accuracy: (pairs.length - failures - wrong.length) / pairs.length,
    falseMatches: wrong.length - falseNonMatches,
    falseNonMatches,
    failures,
  };
}
