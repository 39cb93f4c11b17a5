import type { Padding, Pair, Sides } from './shape.ts';

/** A window that moves over maps. */
export interface Window {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Padding;
}

export interface PoolWindow extends Window {
  /** Let the last window reach over the edge where the stride leaves a rest, as Caffe does. */
  readonly ceil: boolean;
}

export type ActivationName = 'relu' | 'relu6' | 'sigmoid' | 'tanh' | 'softmax';

/**
 * One step of a network, as plain data: the alphabet that tables are written in and that the counter and the builders read.
 *
 * Maps are `[height, width, channels]`. What each operation learns, and in which shape, says `parametersOf`.
 */
export type Operation =
  /** Kernel `[h, w, in / groups, filters]`. */
  | (Window & {
      readonly kind: 'conv';
      readonly filters: number;
      readonly dilation: Pair;
      readonly groups: number;
      readonly bias: boolean;
    })
  /** One kernel a channel, `[h, w, in, multiplier]`; output channel `c · multiplier + m`. */
  | (Window & {
      readonly kind: 'depthwiseConv';
      readonly multiplier: number;
      readonly dilation: Pair;
      readonly bias: boolean;
    })
  /** The gradient of a convolution as a layer; kernel `[h, w, filters / groups, in]`. Output side: (in − 1) · stride + kernel − padding. */
  | (Window & {
      readonly kind: 'transposedConv';
      readonly filters: number;
      readonly groups: number;
      readonly bias: boolean;
    })
  /**
   * A convolution whose kernel differs from place to place; places in one cell of `region` share theirs, `[1, 1]` shares none.
   * Kernel `[cells down, cells across, h · w · in, filters]`, rows by y, then x, then channel; bias `[cells down, cells across, filters]`.
   */
  | (Window & {
      readonly kind: 'locallyConnected';
      readonly filters: number;
      readonly region: Pair;
      readonly bias: boolean;
    })
  /** Kernel `[length, units]`; maps are flattened row by row, channels last. */
  | { readonly kind: 'dense'; readonly units: number; readonly bias: boolean }
  /** From ids `[n]` to the rows of a table `[count, dimension]`, one after the other: output `[n · dimension]`. */
  | { readonly kind: 'embeddingLookup'; readonly count: number; readonly dimension: number }
  /** `(x − mean) / √(variance + epsilon) · gamma + beta`, a channel. */
  | {
      readonly kind: 'batchNorm';
      readonly epsilon: number;
      readonly momentum: number;
      readonly scale: boolean;
      readonly center: boolean;
    }
  /** `x · gamma + beta`, a channel; dlib's `affine`. */
  | { readonly kind: 'channelScale' }
  | { readonly kind: 'activation'; readonly function: ActivationName }
  /** `max(x, slope · x)`. */
  | { readonly kind: 'leakyRelu'; readonly slope: number }
  /** `max(x, 0) + alpha · min(x, 0)`, alpha a channel. */
  | { readonly kind: 'prelu' }
  /** The largest of each run of `pieces` channels, output channel `c` of channels `c · pieces … c · pieces + pieces − 1`. */
  | { readonly kind: 'maxout'; readonly pieces: number }
  | (PoolWindow & { readonly kind: 'maxPool' })
  /** Counts padded zeros in the mean or leaves them out; what `ceil` adds is never counted. */
  | (PoolWindow & { readonly kind: 'averagePool'; readonly countPadding: boolean })
  /** `(Σ |x|^p)^(1/p)` of a window, or its mean instead of its sum. */
  | (PoolWindow & { readonly kind: 'lpPool'; readonly p: number; readonly form: 'sum' | 'mean' })
  /** Mean over all places; maps become a vector. */
  | { readonly kind: 'globalAveragePool' }
  /**
   * `x / (bias + a · Σ x²)^beta` over `size` neighbouring channels; `caffe` (and Torch): a = alpha / size, `tensorflow`: a = alpha.
   */
  | {
      readonly kind: 'lrn';
      readonly size: number;
      readonly alpha: number;
      readonly beta: number;
      readonly bias: number;
      readonly form: 'caffe' | 'tensorflow';
    }
  /** Drops with probability `rate` in training, nothing when serving. */
  | { readonly kind: 'dropout'; readonly rate: number }
  /** As the ShuffleNet paper: reshape to (groups, n), transpose, flatten; out[j · groups + i] = in[i · n + j]. */
  | { readonly kind: 'channelShuffle'; readonly groups: number }
  /** Zeros around the maps. */
  | { readonly kind: 'pad'; readonly sides: Sides }
  /** `x · factor`, a constant: the residual scale of Inception-ResNet. */
  | { readonly kind: 'scale'; readonly factor: number }
  /** `(x − mean) / deviation`, constants, one a channel or one for all: what the input goes through first. */
  | { readonly kind: 'normalize'; readonly mean: readonly number[]; readonly deviation: readonly number[] }
  /** `x / max(‖x‖₂, epsilon)` over the channels. */
  | { readonly kind: 'l2Normalize'; readonly epsilon: number }
  /** Side by side in the channels. */
  | { readonly kind: 'concat' }
  /** The sum of equals; with `extend` smaller ones get zeros after their last row, column and channel, as dlib does. */
  | { readonly kind: 'add'; readonly extend: boolean };

export type OperationKind = Operation['kind'];

/** A layer of a table: one operation under a name. */
export interface Step {
  readonly name: string;
  readonly operation: Operation;
  /** Names of the layers it reads, else the one before it. */
  readonly from?: readonly string[];
}

/** Layers one after the other under one name; its last layer's output is its own. */
export interface Chain {
  readonly name: string;
  readonly layers: readonly Layer[];
  /** Name of the layer that the first one reads, else the one before. */
  readonly from?: readonly string[];
}

/** Branches that read the same layer, put together by a concat or an add; a branch without layers passes its input on. */
export interface Branches {
  readonly name: string;
  readonly branches: readonly (readonly Layer[])[];
  readonly merge: Extract<Operation, { kind: 'concat' | 'add' }>;
  readonly from?: readonly string[];
}

/**
 * A line of a table. In a chain or branch named `a`, a layer named `b` is called `a/b`; one with an empty name is called `a`.
 */
export type Layer = Step | Chain | Branches;
