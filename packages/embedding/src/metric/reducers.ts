/** Gradients by what they are for: always `embeddings`, and a loss's own parameters, such as `weights`; shaped as these are. */
export type Gradients<Parameter extends string = never> = Readonly<Record<'embeddings' | Parameter, Float64Array>>;

/** A loss term by term, and the way back. */
export interface LossTerms<Parameter extends string = never> {
  /** One number a term: a triplet, a pair or a row. Shape `[terms]`. */
  readonly values: Float64Array;
  /** @param upstream - What a term's value counts for in the whole. Shape `[terms]`. */
  readonly backward: (upstream: Float64Array) => Gradients<Parameter>;
}

/** Make one number of many, and say what each counted for: the derivative by each. */
export type Reducer = (values: Float64Array) => { readonly value: number; readonly upstream: Float64Array };

export interface ReducedLoss<Parameter extends string = never> {
  readonly value: number;
  readonly gradients: Gradients<Parameter>;
}

export const sum: Reducer = (values) => scaledSum(values, 1);

/** 0 where there are no terms, as where a batch has no triplets. */
export const mean: Reducer = (values) => scaledSum(values, values.length === 0 ? 0 : 1 / values.length);

/**
 * The mean over the terms that are not 0, so that a few active triplets are not thinned by the many that are learnt; 0 where all are.
 *
 * @see Hermans et al., In Defense of the Triplet Loss, arXiv 1703.07737, §4.
 */
export const meanOfNonZero: Reducer = (values) => {
  const active = values.reduce((count, value) => (value === 0 ? count : count + 1), 0);
  // a term at 0 has its gradient scaled like the others: none from a hinge, where it matters
  return scaledSum(values, active === 0 ? 0 : 1 / active);
};

function scaledSum(values: Float64Array, scale: number): ReturnType<Reducer> {
  return { value: scale * values.reduce((total, value) => total + value, 0), upstream: values.map(() => scale) };
}

/** A loss as one number with its gradients. */
export function reduce<Parameter extends string>(
  terms: LossTerms<Parameter>,
  reducer: Reducer = mean,
): ReducedLoss<Parameter> {
  const { value, upstream } = reducer(terms.values);
  return { value, gradients: terms.backward(upstream) };
}

/**
 * Add losses over the same embeddings, each with its weight, as softmax with 0.003 of the centre loss.
 * Gradients of one name are added too; they must be of the same parameter.
 */
export function weightedSum<Parameter extends string>(
  losses: readonly { readonly loss: ReducedLoss<Parameter>; readonly weight: number }[],
): ReducedLoss<Parameter> {
  const gradients: Record<string, Float64Array> = {};
  let value = 0;
  for (const { loss, weight } of losses) {
    value += weight * loss.value;
    for (const [name, gradient] of Object.entries<Float64Array>(loss.gradients)) {
      const before = gradients[name];
      gradients[name] = gradient.map((part, k) => weight * part + (before?.[k] ?? 0));
    }
  }
  return { value, gradients: gradients as Gradients<Parameter> };
}
