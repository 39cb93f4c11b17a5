import {
  deepfaceFeatures,
  type FacePairs,
  innerProductDistance,
  learnChiSquareWeights,
  learnSiamese,
  siameseDistance,
  trainingMaxima,
  weightedChiSquare,
} from '@kith/alignment';
import type { AlignmentName } from './aligned-sets.ts';
import { readSmallNetData, type SmallNetData, type SmallNetFolders } from './data.ts';
import { type SmallNetRun, trainSmallNet } from './train.ts';

/** The paper's three distances of two features. */
export type DeepfaceMetric = 'inner product' | 'weighted χ²' | 'Siamese';

/** How well the small net, trained on faces aligned in one way, tells View 1's pairs by one distance. */
export interface SmallNetRow {
  readonly alignment: AlignmentName;
  readonly metric: DeepfaceMetric;
  /** Share of pairsDevTest's pairs that are decided rightly at the threshold that decides most of pairsDevTrain's. */
  readonly accuracy: number;
  readonly standardError: number;
  /** Pairs of pairsDevTest with a face that was not found, each an error. */
  readonly pairsWithoutFace: number;
}

/** What the experiment came to. */
export interface SmallNetReport {
  readonly trainedOn: { readonly people: number; readonly faces: number };
  readonly left: SmallNetData['left'];
  readonly runs: readonly { readonly alignment: AlignmentName; readonly losses: readonly number[] }[];
  readonly settings: SmallNetRun['settings'];
  readonly rows: readonly SmallNetRow[];
}

/** Train the small net on each alignment, and judge it on View 1. What is done lies in the cache. */
export async function measureSmallNet(folders: SmallNetFolders): Promise<SmallNetReport> {
  const data = await readSmallNetData(folders);
  const { labels, classes, left } = data;
  const runs: SmallNetReport['runs'][number][] = [];
  const rows: SmallNetRow[] = [];
  let settings: SmallNetRun['settings'] | undefined;
  for (const set of data.sets) {
    const run = await trainSmallNet(set, { labels, classes, folder: folders.cache, signal: folders.signal });
    settings = run.settings;
    runs.push({ alignment: set.alignment, losses: run.losses });
    rows.push(...judge(run, data).map((row) => ({ alignment: set.alignment, ...row })));
  }
  return { trainedOn: { people: classes, faces: labels.length }, left, runs, settings: settings!, rows };
}

type Distance = (one: Float32Array, other: Float32Array) => number;

function judge(run: SmallNetRun, { labels, train, test }: SmallNetData): Omit<SmallNetRow, 'alignment'>[] {
  const { length: dimension } = run;
  const maxima = trainingMaxima(run.features.subarray(0, labels.length * dimension), dimension);
  const features = deepfaceFeatures(run.features, maxima);
  const found = whole(train);
  const { weights: chiSquare } = learnChiSquareWeights(features, found, { dimension });
  const { weights: alpha } = learnSiamese(features, found, { dimension });
  const distances: Readonly<Record<DeepfaceMetric, Distance>> = {
    'inner product': innerProductDistance,
    'weighted χ²': (one, other) => weightedChiSquare(one, other, { weights: chiSquare }),
    Siamese: (one, other) => siameseDistance(one, other, { weights: alpha }),
  };
  const faceOf = (i: number) => features.subarray(i * dimension, (i + 1) * dimension);
  return (Object.keys(distances) as DeepfaceMetric[]).map((metric) => {
    const between = (pairs: FacePairs) =>
      Float64Array.from(pairs.one, (one, i) => distances[metric](faceOf(one), faceOf(pairs.other[i]!)));
    const threshold = bestThreshold(between(found), found.isGenuine);
    const judged = whole(test);
    const accuracy = correctAt(threshold, between(judged), judged.isGenuine) / test.one.length;
    const standardError = Math.sqrt((accuracy * (1 - accuracy)) / test.one.length);
    return { metric, accuracy, standardError, pairsWithoutFace: test.one.length - judged.one.length };
  });
}

/** The pairs of which both faces were found. */
export function whole({ one, other, isGenuine }: FacePairs): FacePairs {
  const both = one.map((_, i) => i).filter((i) => one[i]! >= 0 && other[i]! >= 0);
  const pick = (numbers: Int32Array) => both.map((i) => numbers[i]!);
  return { one: pick(one), other: pick(other), isGenuine: Uint8Array.from(both, (i) => isGenuine[i]!) };
}

/** The threshold that decides most pairs rightly; these distances have no common range, unlike squared L2. */
export function bestThreshold(distances: Float64Array, isGenuine: Uint8Array): number {
  const order = Array.from(distances.keys()).sort((a, b) => distances[a]! - distances[b]!);
  let correct = isGenuine.reduce((sum, genuine) => sum + 1 - genuine, 0);
  let [best, threshold] = [correct, Number.NEGATIVE_INFINITY];
  order.forEach((pair, i) => {
    correct += isGenuine[pair] === 1 ? 1 : -1;
    const next = order[i + 1];
    // between equal distances nothing can be decided
    if (correct <= best || distances[pair] === (next === undefined ? undefined : distances[next])) return;
    best = correct;
    threshold = next === undefined ? Number.POSITIVE_INFINITY : (distances[pair]! + distances[next]!) / 2;
  });
  return threshold;
}

function correctAt(threshold: number, distances: Float64Array, isGenuine: Uint8Array): number {
  return distances.reduce((sum, distance, i) => sum + (distance < threshold === (isGenuine[i] === 1) ? 1 : 0), 0);
}
