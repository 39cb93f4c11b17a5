import type { LossTerms } from '../reducers.ts';
import { assertLabels, type Rows } from '../rows.ts';

/**
 * `½ |x − c_y|²` for each row: pulls a person's embeddings together, and needs softmax beside it to keep people apart.
 *
 * @param labels - Class of each row.
 * @see Wen et al., A Discriminative Feature Learning Approach, ECCV 2016, §3.2. There its weight is 0.003 and its centres
 * are moved by {@link moveCentres} instead of by their gradient.
 */
export function centreLoss(
  embeddings: Rows,
  labels: Int32Array,
  { centres }: { readonly centres: Rows },
): LossTerms<'centres'> {
  assertLabels(labels, embeddings.count, centres.count);
  const { dimension } = embeddings;
  const away = Float64Array.from(
    embeddings.values,
    (value, k) => value - centres.values[atCentre(labels, dimension, k)]!,
  );
  const values = new Float64Array(embeddings.count);
  away.forEach((part, k) => {
    values[Math.floor(k / dimension)]! += (part * part) / 2;
  });
  const backward = (upstream: Float64Array) => {
    const gradient = away.map((part, k) => upstream[Math.floor(k / dimension)]! * part);
    const atCentres = new Float64Array(centres.values.length);
    gradient.forEach((part, k) => {
      atCentres[atCentre(labels, dimension, k)]! -= part;
    });
    return { embeddings: gradient, centres: atCentres };
  };
  return { values, backward };
}

/**
 * Move each class's centre towards its rows of the batch: `c ← c − α Σ (c − x) / (1 + n)`, n being how many rows it has.
 *
 * @returns New centres. Shape `[classes, dimension]`.
 * @see Wen et al., ECCV 2016, eq. 4.
 */
export function moveCentres(
  embeddings: Rows,
  labels: Int32Array,
  { centres, rate = 0.5 }: { readonly centres: Rows; readonly rate?: number },
): Float64Array {
  assertLabels(labels, embeddings.count, centres.count);
  const { dimension } = embeddings;
  const counts = new Int32Array(centres.count);
  for (const label of labels) counts[label]!++;
  const moved = Float64Array.from(centres.values);
  embeddings.values.forEach((value: number, k: number) => {
    const at = atCentre(labels, dimension, k);
    moved[at]! -= (rate * (centres.values[at]! - value)) / (1 + counts[Math.floor(at / dimension)]!);
  });
  return moved;
}

/** Where the component of a row's class lies that answers to component `k` of the rows. */
function atCentre(labels: Int32Array, dimension: number, k: number): number {
  return labels[Math.floor(k / dimension)]! * dimension + (k % dimension);
}
