/** How triplets are chosen, where that is known, so that no advice asks for what is done already. */
export interface Mining {
  /** Whether the hardest negatives are taken, as `batchHard` and `hard` do. */
  readonly takesHardest?: boolean;
  /** Whether each batch has all the people that there are. */
  readonly hasAllPeople?: boolean;
}

interface Sign {
  /** In a few words. */
  readonly name: string;
  readonly means: string;
  readonly remedy: (mining: Mining) => string;
}

const softer = ({ takesHardest = true }: Mining, text: string) => (takesHardest ? text : '');

/** What training can be ill with: what it means, and what to do. */
export const healthSigns = {
  notFinite: {
    name: 'loss not finite',
    means: 'The loss is not a finite number.',
    remedy: () =>
      'Go back to the last good snapshot, lower the learning rate and clip gradients; look for roots of 0 and for broken images.',
  },
  lossAtMargin: {
    name: 'loss at the margin',
    means:
      'The triplet loss sits at the margin: positives and negatives are equally far, the network gives one point for all faces.',
    remedy: (mining) =>
      `Start again from a softmax warm-up${softer(mining, ', mine semi-hard instead of hard,')} and lower the learning rate.`,
  },
  lossAtLn2: {
    name: 'loss at ln 2',
    means:
      'The soft-margin loss sits at ln 2: positives and negatives are equally far, the network gives one point for all faces.',
    remedy: (mining) =>
      `Start again from a softmax warm-up${softer(mining, ', mine semi-hard instead of hard,')} and lower the learning rate.`,
  },
  lossAtChance: {
    name: 'loss at chance',
    means: 'The softmax loss sits at ln classes: no class is told from another.',
    remedy: () => 'Check that labels go with their images, then try another learning rate, up and down by ten.',
  },
  varianceGone: {
    name: 'variance gone',
    means: 'The embeddings hardly differ from their mean: they have fallen together.',
    remedy: (mining) =>
      `Start again from a snapshot before the fall${softer(mining, ', mine semi-hard instead of hard,')} and lower the learning rate.`,
  },
  fewDirections: {
    name: 'few dimensions used',
    means: 'The embeddings use few of their dimensions.',
    remedy: () =>
      'Train on more people, lower the weight of losses that only pull together, or make the embedding smaller.',
  },
  nothingMined: {
    name: 'no triplet found',
    means: 'The miner found no triplet, batch after batch.',
    remedy: () =>
      'Look whether batches hold several photos of each of several people; if so and the variance is gone, see there; else mine by a wider rule.',
  },
  allActive: {
    name: 'every triplet has a loss',
    means: 'Every triplet has a loss, batch after batch: nothing is learnt from them.',
    remedy: (mining) =>
      `Lower the learning rate and look for wrong labels${softer(mining, '; mine semi-hard instead of hard')}.`,
  },
  noneActive: {
    name: 'no triplet has a loss',
    means: 'No triplet has a loss, batch after batch: there is nothing left to learn from them.',
    remedy: ({ takesHardest = false, hasAllPeople = false }) =>
      [
        ...(takesHardest ? [] : ['Mine harder (batch-hard, distance-weighted or offline).']),
        hasAllPeople
          ? 'Bring more photos or more people, or stop: it may be done.'
          : 'Put more people into a batch, bring more photos or people, or stop: it may be done.',
      ].join(' '),
  },
} as const satisfies Readonly<Record<string, Sign>>;

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
  /** The sign in a few words. */
  readonly name: string;
  /** The latest value of what gave it away. */
  readonly measured: number;
  /** What it was held against. */
  readonly limit: number;
  readonly means: string;
  readonly remedy: string;
}

export interface HealthOptions {
  readonly objective?: Objective;
  readonly mining?: Mining;
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
  { objective = { kind: 'other' }, mining = {}, window = 20 }: HealthOptions = {},
): readonly HealthFinding[] {
  const latest = steps.at(-1);
  if (latest === undefined) return [];
  if (!Number.isFinite(latest.loss))
    return [finding('notFinite', { measured: latest.loss, limit: Number.POSITIVE_INFINITY, mining })];
  if (steps.length < window) return [];
  const recent = steps.slice(-window);
  const findings: HealthFinding[] = [];
  const look = (sign: HealthSign, limit: number, { of, ill }: Look): void => {
    const values = recent.map(of);
    if (values.every((value) => value !== undefined && ill(value)))
      findings.push(finding(sign, { measured: values.at(-1)!, limit, mining }));
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

function finding(
  sign: HealthSign,
  { mining, ...measures }: Pick<HealthFinding, 'measured' | 'limit'> & { readonly mining: Mining },
): HealthFinding {
  const { name, means, remedy }: Sign = healthSigns[sign];
  return { sign, name, ...measures, means, remedy: remedy(mining) };
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
