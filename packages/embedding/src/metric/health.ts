/** What training can be ill with: what it means, and what to do. */
export const healthSigns = {
  notFinite: {
    means: 'The loss is not a finite number.',
    remedy:
      'Go back to the last good snapshot, lower the learning rate and clip gradients; look for roots of 0 and for broken images.',
  },
  lossAtMargin: {
    means:
      'The triplet loss sits at the margin: positives and negatives are equally far, the network gives one point for all faces.',
    remedy: 'Start again from a softmax warm-up, mine semi-hard instead of hard, and lower the learning rate.',
  },
  lossAtLn2: {
    means:
      'The soft-margin loss sits at ln 2: positives and negatives are equally far, the network gives one point for all faces.',
    remedy: 'Start again from a softmax warm-up, mine semi-hard instead of hard, and lower the learning rate.',
  },
  lossAtChance: {
    means: 'The softmax loss sits at ln classes: no class is told from another.',
    remedy: 'Check that labels go with their images, then try another learning rate, up and down by ten.',
  },
  varianceGone: {
    means: 'The embeddings hardly differ from their mean: they have fallen together.',
    remedy: 'Start again from a snapshot before the fall, mine semi-hard instead of hard, and lower the learning rate.',
  },
  fewDirections: {
    means: 'The embeddings use few of their dimensions.',
    remedy: 'Train on more people, lower the weight of losses that only pull together, or make the embedding smaller.',
  },
  nothingMined: {
    means: 'The miner found no triplet, batch after batch.',
    remedy:
      'Look whether batches hold several photos of each of several people; if so and the variance is gone, see there; else mine by a wider rule.',
  },
  allActive: {
    means: 'Every triplet has a loss, batch after batch: nothing is learnt from them.',
    remedy: 'Lower the learning rate and look for wrong labels; mine semi-hard instead of hard.',
  },
  noneActive: {
    means: 'No triplet has a loss, batch after batch: there is nothing left to learn from them.',
    remedy:
      'Mine harder (batch-hard, distance-weighted or offline), put more people into a batch, or stop: it may be done.',
  },
} as const;

export type HealthSign = keyof typeof healthSigns;

/** What the loss is, so that it is known where it stands when nothing is learnt. */
export type Objective =
  | { readonly kind: 'triplet' /** In the distance's own unit. */; readonly margin: number }
  | { readonly kind: 'softMarginTriplet' }
  | { readonly kind: 'softmax'; readonly classes: number }
  | { readonly kind: 'other' };

/** One training step, as far as it was looked at. */
export interface Step {
  readonly loss: number;
  /** How many the miner found. */
  readonly triplets?: number;
  /**
   * Share of triplets with a loss, of triplets that were not chosen for having one: of all, or of batch-hard's.
   * Of semi-hard's or a violator's it is always 1.
   */
  readonly activeShare?: number;
  /** A component's standard deviation. See {@link EmbeddingSpread}. */
  readonly deviation?: number;
  readonly effectiveRank?: number;
  readonly dimension?: number;
}

export interface HealthFinding {
  readonly sign: HealthSign;
  /** The latest value of what gave it away. */
  readonly measured: number;
  /** What it was held against. */
  readonly limit: number;
  readonly means: string;
  readonly remedy: string;
}

export interface HealthOptions {
  readonly objective?: Objective;
  /** How many steps in a row make "stuck"; fewer steps than that show only what is not finite. */
  readonly window?: number;
}

/** A loss this near, as a share of where it would stand, sits there. */
const nearness = 0.01;
/** A component of 128 evenly used ones deviates by 0.088. */
const leastDeviation = 0.01;
const leastShareOfDimensions = 1 / 8;
const [almostNone, almostAll] = [0.001, 0.999];

/**
 * Look for the signs of a collapse in the latest steps; none found is an empty list.
 *
 * @param steps - Oldest first.
 */
export function healthOf(
  steps: readonly Step[],
  { objective = { kind: 'other' }, window = 20 }: HealthOptions = {},
): readonly HealthFinding[] {
  const latest = steps.at(-1);
  if (latest === undefined) return [];
  if (!Number.isFinite(latest.loss)) return [finding('notFinite', latest.loss, Number.POSITIVE_INFINITY)];
  if (steps.length < window) return [];
  const recent = steps.slice(-window);
  const findings: HealthFinding[] = [];
  const look = (sign: HealthSign, limit: number, { of, ill }: Look): void => {
    const values = recent.map(of);
    if (values.every((value) => value !== undefined && ill(value))) findings.push(finding(sign, values.at(-1)!, limit));
  };
  const stand = standOf(objective);
  if (stand) {
    const ill = (loss: number) => Math.abs(loss - stand.loss) <= nearness * stand.loss;
    look(stand.sign, stand.loss, { of: ({ loss }) => loss, ill });
  }
  look('varianceGone', leastDeviation, { of: ({ deviation }) => deviation, ill: (value) => value < leastDeviation });
  look('fewDirections', leastShareOfDimensions, {
    of: shareOfDimensions,
    ill: (value) => value < leastShareOfDimensions,
  });
  look('nothingMined', 0, { of: ({ triplets }) => triplets, ill: (value) => value === 0 });
  look('allActive', almostAll, { of: ({ activeShare }) => activeShare, ill: (value) => value >= almostAll });
  look('noneActive', almostNone, { of: ({ activeShare }) => activeShare, ill: (value) => value <= almostNone });
  return findings;
}

interface Look {
  /** Undefined where a step was not looked at so. */
  readonly of: (step: Step) => number | undefined;
  readonly ill: (value: number) => boolean;
}

function finding(sign: HealthSign, measured: number, limit: number): HealthFinding {
  return { sign, measured, limit, ...healthSigns[sign] };
}

function shareOfDimensions({ effectiveRank, dimension }: Step): number | undefined {
  return effectiveRank === undefined || dimension === undefined ? undefined : effectiveRank / dimension;
}

/** Where a loss stands while nothing is told from anything. */
function standOf(objective: Objective): { readonly sign: HealthSign; readonly loss: number } | undefined {
  switch (objective.kind) {
    case 'triplet':
      return { sign: 'lossAtMargin', loss: objective.margin };
    case 'softMarginTriplet':
      return { sign: 'lossAtLn2', loss: Math.LN2 };
    case 'softmax':
      return { sign: 'lossAtChance', loss: Math.log(objective.classes) };
    case 'other':
      return undefined;
  }
}
