/** Whether a variance goes by the inputs of an output, by the weights of an input, or by the mean of both: Caffe's `variance_norm`. */
export type Fan = 'in' | 'average' | 'out';

/** How a parameter starts: Caffe's fillers, with its defaults. */
export type Filler =
  /** One value, 0 by default. */
  | { readonly kind: 'constant'; readonly value?: number }
  /** Evenly from `min`, 0 by default, to `max`, 1 by default. */
  | { readonly kind: 'uniform'; readonly min?: number; readonly max?: number }
  /** Mean 0 and deviation 1 by default; with `sparse`, as many weights of each input as that are not 0, on average. */
  | { readonly kind: 'gaussian'; readonly mean?: number; readonly deviation?: number; readonly sparse?: number }
  /** Evenly from 0 to 1, then divided so that the weights of each output add up to 1. */
  | { readonly kind: 'positiveUnitball' }
  /**
   * Evenly in ±√(3 / n), of variance 1/n, where n is `fan`, `in` by default.
   *
   * Glorot's ±√(6 / (in + out)) is `average`. Texts that put n = in + out into √(3 / n) have half of Glorot's variance.
   *
   * @see Glorot & Bengio, Understanding the Difficulty of Training Deep Feedforward Networks, AISTATS 2010, §4.2.
   */
  | { readonly kind: 'xavier'; readonly fan?: Fan }
  /** Normal, of variance 2/n, where n is `fan`, `in` by default. @see He et al., Delving Deep into Rectifiers, ICCV 2015, §2.2. */
  | { readonly kind: 'msra'; readonly fan?: Fan }
  /** Square kernels that interpolate: every input channel into every output channel of its group, so groups of one are usual. */
  | { readonly kind: 'bilinear' };
