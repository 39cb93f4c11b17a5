import type { ActivationName, Chain, Layer, Operation, Step } from './operation.ts';
import type { Padding, Pair, Sides } from './shape.ts';

/** A number for both directions, or one each. */
export type Size = number | Pair;

export interface WindowOptions {
  readonly kernel: Size;
  readonly stride?: Size;
  readonly padding?: Padding;
}

/** What may follow a convolution or a dense layer under its name. */
export interface FollowOptions {
  readonly norm?: NormOptions | undefined;
  readonly activation?: ActivationName | 'prelu' | undefined;
}

export interface NormOptions {
  readonly epsilon?: number;
  readonly momentum?: number;
  /** Learn gamma. */
  readonly scale?: boolean;
  /** Learn beta. */
  readonly center?: boolean;
}

export interface ConvOptions extends WindowOptions, FollowOptions {
  readonly dilation?: Size;
  readonly groups?: number;
  readonly bias?: boolean;
}

/** A convolution; its norm and its activation, where given, are part of the row. */
export function conv(
  name: string,
  filters: number,
  { kernel, stride = 1, padding = 'same', dilation = 1, groups = 1, bias = true, ...follow }: ConvOptions,
): Chain {
  return withFollowers(name, follow, {
    ...window({ kernel, stride, padding }),
    kind: 'conv',
    filters,
    dilation: pair(dilation),
    groups,
    bias,
  });
}

/** A 1×1 convolution. */
export function pointwise(name: string, filters: number, options: Omit<ConvOptions, 'kernel'> = {}): Chain {
  return conv(name, filters, { ...options, kernel: 1 });
}

export interface DepthwiseOptions extends Omit<ConvOptions, 'groups'> {
  readonly multiplier?: number;
}

/** A convolution of each channel with kernels of its own. */
export function depthwise(
  name: string,
  { kernel, stride = 1, padding = 'same', dilation = 1, multiplier = 1, bias = true, ...follow }: DepthwiseOptions,
): Chain {
  return withFollowers(name, follow, {
    ...window({ kernel, stride, padding }),
    kind: 'depthwiseConv',
    multiplier,
    dilation: pair(dilation),
    bias,
  });
}

export type TransposedOptions = Omit<ConvOptions, 'dilation'>;

/** A transposed convolution, which starts as bilinear interpolation. */
export function transposedConv(
  name: string,
  filters: number,
  { kernel, stride = 1, padding = 'valid', groups = 1, bias = true, ...follow }: TransposedOptions,
): Chain {
  return withFollowers(name, follow, {
    ...window({ kernel, stride, padding }),
    kind: 'transposedConv',
    filters,
    groups,
    bias,
  });
}

export interface LocalOptions extends WindowOptions, FollowOptions {
  /** Cells of this many places share their kernel. */
  readonly region?: Size;
  readonly bias?: boolean;
}

/** A locally connected layer: a convolution whose kernel differs from place to place. */
export function locallyConnected(
  name: string,
  filters: number,
  { kernel, stride = 1, padding = 'valid', region = 1, bias = true, ...follow }: LocalOptions,
): Chain {
  return withFollowers(name, follow, {
    ...window({ kernel, stride, padding }),
    kind: 'locallyConnected',
    filters,
    region: pair(region),
    bias,
  });
}

export interface DenseOptions extends FollowOptions {
  readonly bias?: boolean;
}

/** A fully connected layer; maps are flattened for it. */
export function dense(name: string, units: number, { bias = true, ...follow }: DenseOptions = {}): Chain {
  return withFollowers(name, follow, { kind: 'dense', units, bias });
}

/** Rows of a learned table by their number. */
export function embeddingLookup(name: string, count: number, dimension: number): Step {
  return step(name, { kind: 'embeddingLookup', count, dimension });
}

export function batchNorm(name: string, options: NormOptions = {}): Step {
  return step(name, normOperation(options));
}

/** A learned factor and summand a channel: dlib's `affine`. */
export function channelScale(name: string): Step {
  return step(name, { kind: 'channelScale' });
}

export function activation(name: string, kind: ActivationName): Step {
  return step(name, { kind: 'activation', function: kind });
}

export const relu = (name: string): Step => activation(name, 'relu');

export function leakyRelu(name: string, { slope = 0.1 }: { readonly slope?: number } = {}): Step {
  return step(name, { kind: 'leakyRelu', slope });
}

export function prelu(name: string): Step {
  return step(name, { kind: 'prelu' });
}

export function maxout(name: string, { pieces }: { readonly pieces: number }): Step {
  return step(name, { kind: 'maxout', pieces });
}

export interface PoolOptions extends WindowOptions {
  readonly ceil?: boolean;
}

export function maxPool(name: string, { ceil = false, ...options }: PoolOptions): Step {
  return step(name, { ...window(options), kind: 'maxPool', ceil });
}

export interface AveragePoolOptions extends PoolOptions {
  readonly countPadding?: boolean;
}

export function averagePool(
  name: string,
  { ceil = false, countPadding = false, ...options }: AveragePoolOptions,
): Step {
  return step(name, { ...window(options), kind: 'averagePool', ceil, countPadding });
}

export interface LpPoolOptions extends PoolOptions {
  readonly p?: number;
  readonly form?: 'sum' | 'mean';
}

/** L2 pooling by default, the root of the sum of squares as in FaceNet. */
export function lpPool(name: string, { ceil = false, p = 2, form = 'sum', ...options }: LpPoolOptions): Step {
  return step(name, { ...window(options), kind: 'lpPool', ceil, p, form });
}

export function globalAveragePool(name: string): Step {
  return step(name, { kind: 'globalAveragePool' });
}

export interface LrnOptions {
  readonly size?: number;
  readonly alpha?: number;
  readonly beta?: number;
  readonly bias?: number;
  readonly form?: 'caffe' | 'tensorflow';
}

/** Local response normalization across channels. */
export function lrn(
  name: string,
  { size = 5, alpha = 1e-4, beta = 0.75, bias = 1, form = 'caffe' }: LrnOptions = {},
): Step {
  return step(name, { kind: 'lrn', size, alpha, beta, bias, form });
}

export function dropout(name: string, rate: number): Step {
  return step(name, { kind: 'dropout', rate });
}

export function channelShuffle(name: string, { groups }: { readonly groups: number }): Step {
  return step(name, { kind: 'channelShuffle', groups });
}

export function pad(name: string, sides: Sides): Step {
  return step(name, { kind: 'pad', sides });
}

export function scale(name: string, factor: number): Step {
  return step(name, { kind: 'scale', factor });
}

/** Bring pixels, 0–255, into the range that the network was trained on. */
export function normalize(
  name: string,
  { mean, deviation }: { readonly mean: number | readonly number[]; readonly deviation: number | readonly number[] },
): Step {
  return step(name, { kind: 'normalize', mean: [mean].flat(), deviation: [deviation].flat() });
}

export function l2Normalize(name: string, { epsilon = 1e-10 }: { readonly epsilon?: number } = {}): Step {
  return step(name, { kind: 'l2Normalize', epsilon });
}

/** Layers one after the other under one name. */
export function chain(name: string, layers: readonly Layer[], { from }: { readonly from?: string } = {}): Chain {
  return { name, layers, ...(from === undefined ? {} : { from: [from] }) };
}

/** Branches side by side in the channels. */
export function concat(name: string, branches: readonly (readonly Layer[])[]): Layer {
  return { name, branches, merge: { kind: 'concat' } };
}

/** The sum of branches; an empty branch is the identity of a residual block. */
export function add(
  name: string,
  branches: readonly (readonly Layer[])[],
  { extend = false }: { readonly extend?: boolean } = {},
): Layer {
  return { name, branches, merge: { kind: 'add', extend } };
}

/** Put together layers that come before by name. */
export function addOf(name: string, from: readonly string[]): Step {
  return { name, operation: { kind: 'add', extend: false }, from };
}

export function concatOf(name: string, from: readonly string[]): Step {
  return { name, operation: { kind: 'concat' }, from };
}

function step(name: string, operation: Operation): Step {
  return { name, operation };
}

function withFollowers(name: string, { norm, activation: kind }: FollowOptions, operation: Operation): Chain {
  const layers: Layer[] = [step('', operation)];
  if (norm) layers.push(batchNorm('norm', norm));
  if (kind === 'prelu') layers.push(prelu('prelu'));
  else if (kind) layers.push(activation(kind, kind));
  return { name, layers };
}

function normOperation({ epsilon = 1e-5, momentum = 0.9, scale = true, center = true }: NormOptions): Operation {
  return { kind: 'batchNorm', epsilon, momentum, scale, center };
}

function window({ kernel, stride = 1, padding = 'same' }: WindowOptions) {
  return { kernel: pair(kernel), stride: pair(stride), padding } as const;
}

function pair(size: Size): Pair {
  return typeof size === 'number' ? [size, size] : size;
}
