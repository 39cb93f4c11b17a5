import { describe, expect, test } from 'vitest';
import { randomRows } from '../../../../test/support/metric-batches.ts';
import {
  activeShare,
  allTriplets,
  asRows,
  batchHard,
  embeddingSpread,
  type HealthOptions,
  healthOf,
  type Mining,
  type Rows,
  reduce,
  type Step,
  semiHard,
  softMarginTripletLoss,
  softmaxLoss,
  squaredL2,
  tripletLoss,
} from './index.ts';

const labels = Int32Array.from({ length: 24 }, (_, i) => i % 6);
const times = (count: number, step: Step): Step[] => Array.from({ length: count }, () => step);
const signsOf = (steps: readonly Step[], options?: HealthOptions) => healthOf(steps, options).map(({ sign }) => sign);

/** People apart, photos of one near each other; nearness 0 puts all faces in one point. */
function faces(spread: number): Rows {
  const people = randomRows(6, 16, { seed: 2 });
  const noise = randomRows(24, 16, { seed: 3 });
  const values = Float32Array.from(noise.values, (part, k) => {
    const person = people.values[labels[Math.floor(k / 16)]! * 16 + (k % 16)]!;
    return people.values[k % 16]! + spread * (person + 0.9 * part);
  });
  return asRows(values, 16);
}

describe('a net that gives one point for all faces', () => {
  const collapsed = faces(0);
  const { deviation } = embeddingSpread(collapsed);
  const distances = squaredL2.pairwise(collapsed);
  const all = allTriplets(distances, labels);

  test('has its triplet loss at the margin, all triplets active, no variance', () => {
    const terms = tripletLoss(distances, all);
    const step = { loss: reduce(terms).value, activeShare: activeShare(terms.values).share, deviation };
    expect(step.loss).toBeCloseTo(0.2, 12);
    const signs = signsOf(times(20, step), { objective: { kind: 'triplet', margin: 0.2 } });
    expect(signs).toEqual(['lossAtMargin', 'varianceGone', 'allActive']);
  });

  test('has its soft-margin loss at ln 2 = 0.6931', () => {
    const { value } = reduce(softMarginTripletLoss(distances, batchHard(distances, labels)));
    expect(value).toBeCloseTo(Math.LN2, 12);
    expect(signsOf(times(20, { loss: value }), { objective: { kind: 'softMarginTriplet' } })).toEqual(['lossAtLn2']);
  });

  test('leaves semi-hard mining without a triplet, which is not taken for a loss of 0', () => {
    const mined = semiHard(distances, labels);
    const { value } = reduce(tripletLoss(distances, mined));
    expect(value).toBe(0);
    const step = { loss: value, triplets: mined.anchor.length, deviation };
    expect(signsOf(times(20, step), { objective: { kind: 'triplet', margin: 0.2 } })).toEqual([
      'varianceGone',
      'nothingMined',
    ]);
  });
});

test('a softmax that has learnt nothing stands at ln classes: ln 10,575 = 9.266', () => {
  const classes = 10_575;
  const weights = { values: new Float32Array(classes * 2), count: classes, dimension: 2 };
  const head = { weights, bias: new Float32Array(classes) };
  const { value } = reduce(softmaxLoss(asRows(Float32Array.of(0.6, 0.8), 2), Int32Array.of(17), head));
  expect(value).toBeCloseTo(9.266, 3);
  expect(signsOf(times(20, { loss: value }), { objective: { kind: 'softmax', classes } })).toEqual(['lossAtChance']);
});

test('a net that learns shows no sign', () => {
  const rows = faces(1);
  const distances = squaredL2.pairwise(rows);
  const terms = tripletLoss(distances, allTriplets(distances, labels));
  const step = { loss: reduce(terms).value, activeShare: activeShare(terms.values).share, ...embeddingSpread(rows) };
  expect(signsOf(times(20, step), { objective: { kind: 'triplet', margin: 0.2 } })).toEqual([]);
});

test.each<[string, Step, readonly string[]]>([
  ['no triplet active', { loss: 0, activeShare: 0 }, ['noneActive']],
  ['every triplet active', { loss: 0.5, activeShare: 1 }, ['allActive']],
  ['9 of 128 directions in use', { loss: 0.1, effectiveRank: 9, dimension: 128 }, ['fewDirections']],
  ['30 of 128 directions in use', { loss: 0.1, effectiveRank: 30, dimension: 128 }, []],
])('%s', (_, step, signs) => {
  expect(signsOf(times(20, step))).toEqual(signs);
});

test('stuck means for a whole window: not shorter, and not with one step that moves', () => {
  const stuck = { loss: 0.2, activeShare: 1 };
  const objective = { kind: 'triplet', margin: 0.2 } as const;
  expect(signsOf(times(4, stuck), { objective, window: 5 })).toEqual([]);
  expect(signsOf(times(5, stuck), { objective, window: 5 })).toEqual(['lossAtMargin', 'allActive']);
  expect(signsOf([{ loss: 0.1, activeShare: 0.4 }, ...times(4, stuck)], { objective, window: 5 })).toEqual([]);
  expect(signsOf([{ loss: 0.1, activeShare: 0.4 }, ...times(5, stuck)], { objective, window: 5 })).toHaveLength(2);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])('a loss of %d is said at once', (loss) => {
  const [found] = healthOf([{ loss: 0.3 }, { loss }]);
  expect(found).toMatchObject({ sign: 'notFinite', measured: loss });
  expect(found!.remedy).toMatch(/last good snapshot/);
  expect(healthOf([])).toEqual([]);
});

test('advice asks for nothing that is done already', () => {
  const adviceOn = (step: Step, mining?: Mining) => healthOf(times(20, step), mining ? { mining } : {})[0]!.remedy;
  const done = { loss: 0, activeShare: 0 };
  expect(adviceOn(done)).toMatch(/Mine harder.*more people into a batch/);
  expect(adviceOn(done, { takesHardest: true, hasAllPeople: true })).toBe(
    'Bring more photos or more people, or stop: it may be done.',
  );
  expect(adviceOn(done, { takesHardest: true, hasAllPeople: false })).not.toMatch(/Mine/);
  const stuck = { loss: 0.5, activeShare: 1 };
  expect(adviceOn(stuck, { takesHardest: true })).toMatch(/; mine semi-hard instead of hard\.$/);
  expect(adviceOn(stuck, { takesHardest: false })).toBe('Lower the learning rate and look for wrong labels.');
});
