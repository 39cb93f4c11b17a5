/** How the learning rate goes with the iteration: Caffe's policies, and a half cosine. */
export type LearningRatePolicy =
  | { readonly kind: 'fixed' }
  | { readonly kind: 'step'; readonly gamma: number; readonly stepSize: number }
  | { readonly kind: 'exp'; readonly gamma: number }
  | { readonly kind: 'inv'; readonly gamma: number; readonly power: number }
  | { readonly kind: 'multistep'; readonly gamma: number; readonly stepValues: readonly number[] }
  | { readonly kind: 'poly'; readonly power: number }
  /** Rises to the base rate, half of it at `stepSize`, for a `gamma` above 0; falls from it for one below. */
  | { readonly kind: 'sigmoid'; readonly gamma: number; readonly stepSize: number }
  /** From the base rate to `least`, a share of it in [0, 1], 0 by default. */
  | { readonly kind: 'cosine'; readonly least?: number };
