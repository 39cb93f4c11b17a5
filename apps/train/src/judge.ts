import {
  areaUnderRoc,
  bestThreshold,
  evaluatePairs,
  type FoldedPair,
  type ScoredPair,
  scoresOf,
  tarAtFar,
} from '@kith/evaluation';
import type { TensorFlow } from '@kith/network/tfjs';
import type { DistanceHistograms } from '@kith/training';
import { type Pack, readFaces } from '@kith/training/data';
import { embeddingsDiverged } from '@kith/training/tfjs';
import type { JudgedPairs } from './data/judged-pairs.ts';
import { cropFace, type FaceCrop } from './face-crop.ts';

type Model = ReturnType<TensorFlow['model']>;

/** How well a model tells people apart whom it has not learnt from. */
export interface Judgement {
  /** On the last list, at the threshold of the first, where there are two; else at the list's own best. */
  readonly accuracy: number;
  readonly standardError: number;
  /** Over all lists, as is the rest. Area under the ROC curve. */
  readonly auc: number;
  /** Accuracy at the best threshold: what the best snapshot is chosen by, since it is the steadier number. */
  readonly bestAccuracy: number;
  readonly tarAtFar: Readonly<Record<string, number>>;
  readonly distances: DistanceHistograms;
  /** How many were judged. */
  readonly pairs: number;
}

/** Judge embeddings of a pack by pairs of its faces. */
export function judge(embeddings: Embeddings, pairs: readonly JudgedPairs[]): Judgement {
  const lists = pairs.map((list) => scored(list, embeddings));
  const all = scoresOf(lists.flat());
  const [first, ...others] = lists;
  const folded = (list: readonly ScoredPair[]): FoldedPair[] => list.map((pair) => ({ ...pair, fold: 0 }));
  const { accuracy, standardError } =
    others.length === 0
      ? evaluatePairs(folded(first!))
      : evaluatePairs(folded(others.at(-1)!), { threshold: bestThreshold(scoresOf(first!)).threshold });
  const count = lists.reduce((sum, list) => sum + list.length, 0);
  return {
    accuracy,
    standardError,
    auc: areaUnderRoc(all),
    bestAccuracy: bestThreshold(all).correct / count,
    tarAtFar: { '0.01': tarAtFar(all, 0.01).tar, '0.001': tarAtFar(all, 0.001).tar },
    distances: histograms(lists.flat()),
    pairs: count,
  };
}

/** A judgement in a line. @param people - Whose faces judged. */
export function judgementText(
  { accuracy, standardError, auc, bestAccuracy, tarAtFar, pairs }: Judgement,
  { people }: { readonly people: number },
): string {
  const percent = (share: number) => (100 * share).toFixed(2);
  return `accuracy ${percent(accuracy)} ± ${percent(standardError)} %, at the best threshold ${percent(bestAccuracy)} %, AUC ${auc.toFixed(4)}, TAR@FAR 0.01 ${percent(tarAtFar['0.01']!)} %, on ${pairs} pairs of ${people} people`;
}

export interface Embeddings {
  /** Unit vectors. Shape `[count, dimension]`. */
  readonly values: Float32Array;
  readonly dimension: number;
}

const batchSize = 128;

/** Embed all faces of a pack: the sum of each and its mirror image, at length 1. @throws {FaceError} As {@link embedRows}. */
export function embedPack(
  tf: TensorFlow,
  model: Model,
  { pack, crop }: { readonly pack: Pack; readonly crop: FaceCrop },
): Embeddings {
  const dimension = model.outputs[0]!.shape[1]!;
  const values = new Float32Array(pack.count * dimension);
  for (let from = 0; from < pack.count; from += batchSize) {
    const rows = Array.from({ length: Math.min(batchSize, pack.count - from) }, (_, i) => from + i);
    values.set(embedRows(tf, model, { pack, crop, rows }).values, from * dimension);
  }
  return { values, dimension };
}

/** Embed some faces of a pack at once, as {@link embedPack}. @throws {FaceError} `TRAINING_DIVERGED`, naming the layer where it began. */
export function embedRows(
  tf: TensorFlow,
  model: Model,
  { pack, crop, rows }: { readonly pack: Pack; readonly crop: FaceCrop; readonly rows: readonly number[] },
): Embeddings {
  const pixels = new Float32Array(rows.length * crop.sizePx ** 2 * 3);
  readFaces(pack, rows).forEach((face, i) => {
    pixels.set(cropFace(face, crop), i * crop.sizePx ** 2 * 3);
  });
  const values = tf.tidy(() => {
    const faces = tf.tensor4d(pixels, [rows.length, crop.sizePx, crop.sizePx, 3]);
    const embed = (x: typeof faces) => [model.apply(x)].flat()[0] as typeof faces;
    const sum = embed(faces).add(embed(tf.reverse(faces, 2)));
    const unit = sum.div(sum.norm('euclidean', 1, true).maximum(1e-12)).dataSync() as Float32Array;
    if (!unit.every(Number.isFinite)) throw embeddingsDiverged(tf, model, faces);
    return unit;
  });
  return { values, dimension: model.outputs[0]!.shape[1]! };
}

function scored({ one, other, isGenuine }: JudgedPairs, { values, dimension }: Embeddings): ScoredPair[] {
  return Array.from(one, (a, i) => {
    const [b, same] = [other[i]!, isGenuine[i] === 1];
    if (a < 0 || b < 0) return { same };
    let distance = 0;
    for (let k = 0; k < dimension; k++) distance += (values[a * dimension + k]! - values[b * dimension + k]!) ** 2;
    return { same, distance };
  });
}

const bins = 40;
const maxDistance = 4;

function histograms(pairs: readonly ScoredPair[]): DistanceHistograms {
  const of = (same: boolean) => {
    const counts = new Array<number>(bins).fill(0);
    for (const pair of pairs) {
      if (pair.same !== same || pair.distance === undefined) continue;
      counts[Math.min(bins - 1, Math.floor((pair.distance / maxDistance) * bins))]!++;
    }
    return counts;
  };
  return { maxDistance, genuine: of(true), impostor: of(false) };
}
