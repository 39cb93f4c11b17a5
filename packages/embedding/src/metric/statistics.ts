import { symmetricEigenvalues } from '@kith/core';
import { covarianceOf } from './covariance.ts';
import type { DistanceTable } from './distances.ts';
import { assertLabels, type Rows } from './rows.ts';

export interface ActiveShare {
  /** Terms with a loss above 0. */
  readonly active: number;
  readonly terms: number;
  /** In [0, 1]; 0 of no terms. */
  readonly share: number;
}

/** @param values - A loss's terms, as of {@link tripletLoss}. */
export function activeShare(values: Float64Array): ActiveShare {
  const active = values.filter((value) => value > 0).length;
  return { active, terms: values.length, share: values.length === 0 ? 0 : active / values.length };
}

export interface DistanceHistogram {
  /** Pairs in each bin; a distance beyond the range is in the outermost. Shape `[bins]`. */
  readonly counts: Uint32Array;
  readonly pairs: number;
  /** NaN of no pairs. */
  readonly mean: number;
}

export interface DistanceHistograms {
  /** Of the distance's unit; bins are equally wide. */
  readonly range: readonly [least: number, most: number];
  readonly genuine: DistanceHistogram;
  readonly impostor: DistanceHistogram;
}

/** Count the batch's pairs by distance, those of one person apart from those of two. */
export function distanceHistograms(
  table: DistanceTable,
  labels: Int32Array,
  { bins = 40 }: { readonly bins?: number } = {},
): DistanceHistograms {
  const [least, most] = table.distance.range;
  const histogram = (distances: readonly number[]): DistanceHistogram => {
    const counts = new Uint32Array(bins);
    for (const distance of distances) {
      const bin = Math.floor(((distance - least) / (most - least)) * bins);
      counts[Math.min(bins - 1, Math.max(0, bin))]!++;
    }
    return { counts, pairs: distances.length, mean: distances.reduce((sum, d) => sum + d, 0) / distances.length };
  };
  const { genuine, impostor } = pairsByKind(table, labels);
  return {
    range: [least, most],
    genuine: histogram(genuine.map(({ distance }) => distance)),
    impostor: histogram(impostor.map(({ distance }) => distance)),
  };
}

export interface RowPair {
  readonly one: number;
  readonly other: number;
  readonly distance: number;
}

export interface HardestPairs {
  /** Farthest first. */
  readonly genuine: readonly RowPair[];
  /** Nearest first. */
  readonly impostor: readonly RowPair[];
}

/** Find the pairs that are most wrong: wrong labels come to light here first. */
export function hardestPairs(
  table: DistanceTable,
  labels: Int32Array,
  { count = 10 }: { readonly count?: number } = {},
): HardestPairs {
  const { genuine, impostor } = pairsByKind(table, labels);
  return {
    genuine: genuine.sort((one, other) => other.distance - one.distance).slice(0, count),
    impostor: impostor.sort((one, other) => one.distance - other.distance).slice(0, count),
  };
}

function pairsByKind({ values, count }: DistanceTable, labels: Int32Array): Record<'genuine' | 'impostor', RowPair[]> {
  assertLabels(labels, count);
  const pairs: Record<'genuine' | 'impostor', RowPair[]> = { genuine: [], impostor: [] };
  for (let one = 0; one < count; one++) {
    for (let other = one + 1; other < count; other++) {
      const kind = labels[one] === labels[other] ? 'genuine' : 'impostor';
      pairs[kind].push({ one, other, distance: values[one * count + other]! });
    }
  }
  return pairs;
}

export interface EmbeddingSpread {
  /** Mean squared L2 from the mean embedding: in [0, 1] of unit vectors, 0 of a collapse. */
  readonly variance: number;
  /** Of a component: `√(variance / dimension)`. */
  readonly deviation: number;
  /** `exp(−Σ p ln p)` over the covariance's eigenvalues as shares p: how many directions are in use. In [1, dimension]; 0 where all fell together. */
  readonly effectiveRank: number;
  readonly dimension: number;
}

/** @see Roy and Vetterli, The Effective Rank, EUSIPCO 2007. */
export function embeddingSpread(rows: Rows): EmbeddingSpread {
  const { count, dimension } = rows;
  const { centred, products, size } = covarianceOf(rows);
  const variance = centred.reduce((sum, part) => sum + part * part, 0) / Math.max(1, count);
  let entropy = 0;
  for (const eigenvalue of symmetricEigenvalues(products, size)) {
    const share = eigenvalue / variance;
    if (!(share <= 0)) entropy -= share * Math.log(share);
  }
  const effectiveRank = variance === 0 ? 0 : Math.exp(entropy);
  return { variance, deviation: Math.sqrt(variance / dimension), effectiveRank, dimension };
}
