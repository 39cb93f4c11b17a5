import { FaceError } from '@kith/core';
import type { Distances } from '../distances.ts';
import type { LossTerms } from '../reducers.ts';
import type { Triplets } from '../triplets.ts';

/**
 * `max(0, d(a,p) − d(a,n) + margin)` for each triplet.
 *
 * @see Schroff et al., FaceNet, CVPR 2015, §3.1.
 */
export function tripletLoss(
  distances: Distances,
  triplets: Triplets,
  { marginSquaredL2 = 0.2 }: { readonly marginSquaredL2?: number } = {},
): LossTerms {
  const margin = marginSquaredL2 * distances.distance.perSquaredL2;
  return lossOfGap(distances, triplets, {
    value: (gap) => Math.max(0, gap + margin),
    slope: (gap) => (gap + margin > 0 ? 1 : 0),
  });
}

/**
 * `ln(1 + exp(d(a,p) − d(a,n)))` for each triplet: no margin to choose, and never quite content. At ln 2 where all distances are equal.
 *
 * @see Hermans et al., In Defense of the Triplet Loss, arXiv 1703.07737, §2.
 */
export function softMarginTripletLoss(distances: Distances, triplets: Triplets): LossTerms {
  return lossOfGap(distances, triplets, {
    value: (gap) => Math.max(0, gap) + Math.log1p(Math.exp(-Math.abs(gap))),
    slope: (gap) => 1 / (1 + Math.exp(-gap)),
  });
}

/** A function of `d(a,p) − d(a,n)`, and its derivative. */
interface GapLoss {
  readonly value: (gap: number) => number;
  readonly slope: (gap: number) => number;
}

function lossOfGap(distances: Distances, { anchor, positive, negative }: Triplets, loss: GapLoss): LossTerms {
  const { values: table, count } = distances;
  const beyond = [anchor, positive, negative].find((rows) => rows.some((row) => !(row >= 0 && row < count)));
  if (beyond) throw new FaceError('USAGE', `Triplets must be of the batch's ${count} rows.`);
  const gaps = Float64Array.from(anchor, (a, t) => table[a * count + positive[t]!]! - table[a * count + negative[t]!]!);
  const backward = (upstream: Float64Array) => {
    const gradient = new Float64Array(table.length);
    for (const [t, a] of anchor.entries()) {
      const push = upstream[t]! * loss.slope(gaps[t]!);
      gradient[a * count + positive[t]!]! += push;
      gradient[a * count + negative[t]!]! -= push;
    }
    return { embeddings: distances.backward(gradient) };
  };
  return { values: gaps.map(loss.value), backward };
}
