import { add, averagePool, chain, concat, conv, maxPool, type NormOptions, relu, type Size, scale } from '../layers.ts';
import type { Layer } from '../operation.ts';

/** A convolution of a tower: kernel, filters, and where its edges are not padded: `valid`, or stride 2 without padding. */
export type TowerConv = readonly [kernel: Size, filters: number, edge?: 2 | 'valid'];

/** A pool of 3×3: stride 1 keeps the size, stride 2 has no padding. */
export interface TowerPool {
  readonly pool: 'max' | 'average';
  readonly stride?: 2;
}

/** Convolutions that read the same maps and are put side by side. */
export interface TowerFork {
  readonly fork: readonly TowerConv[];
}

export type Tower = readonly (TowerConv | TowerPool | TowerFork)[];

/** Batch norm as TF-Slim sets it; `scale: false` leaves gamma out. */
export const slimNorm = { epsilon: 1e-3, momentum: 0.995 } as const;

export interface TowerOptions {
  readonly norm?: NormOptions;
}

/** A convolution without bias, batch-normed, with ReLU; stride 2 goes without padding. */
export function slimConv(name: string, [kernel, filters, edge]: TowerConv, { norm = slimNorm }: TowerOptions = {}) {
  const stride = edge === 2 ? 2 : 1;
  const padding = edge ? 'valid' : 'same';
  return conv(name, filters, { kernel, stride, padding, bias: false, norm, activation: 'relu' });
}

/** The layers before the first module of Inception V3, which Inception-ResNet V2 has as well. */
export const slimStem: readonly Layer[] = [
  slimConv('conv1', [3, 32, 2]),
  slimConv('conv2', [3, 32, 'valid']),
  slimConv('conv3', [3, 64]),
  maxPool('pool1', { kernel: 3, stride: 2, padding: 'valid' }),
  slimConv('conv4', [1, 80]),
  slimConv('conv5', [3, 192, 'valid']),
  maxPool('pool2', { kernel: 3, stride: 2, padding: 'valid' }),
];

/**
 * The module of Inception V3 and V4 and the reductions: towers side by side, called `a`, `b`, …, their layers `a1`, `a2`, ….
 *
 * @see Szegedy et al., Rethinking the Inception Architecture, 2015, figures 5–7 and 10; Inception-v4, 2016, figures 4–9.
 */
export function inceptionTowers(name: string, towers: readonly Tower[], options: TowerOptions = {}): Layer {
  return concat(
    name,
    towers.map((tower, i) => towerLayers(tower, { ...options, letter: letterOf(i) })),
  );
}

export interface InceptionResidualOptions extends TowerOptions {
  /** Channels of the maps that the block reads and gives back. */
  readonly width: number;
  /** Constant factor of the residual, applied before the addition. */
  readonly residualScale: number;
  /** What follows the sum; the last block of the nets has nothing. */
  readonly activation?: 'relu' | 'linear';
}

/**
 * An Inception-ResNet block: `relu(x + residualScale · up(towers(x)))`, `up` a 1×1 convolution with bias and no norm.
 *
 * @see Szegedy et al., Inception-v4, 2016, §3.3 and figures 10, 11, 13, 16, 17, 19.
 */
export function inceptionResidual(
  name: string,
  towers: readonly Tower[],
  { width, residualScale, activation = 'relu', ...options }: InceptionResidualOptions,
): Layer {
  const residual = [
    inceptionTowers('mixed', towers, options),
    conv('up', width, { kernel: 1 }),
    scale('scale', residualScale),
  ];
  return chain(name, [add('sum', [[], residual]), ...(activation === 'relu' ? [relu('relu')] : [])]);
}

function towerLayers(tower: Tower, { letter, ...options }: TowerOptions & { letter: string }): Layer[] {
  return tower.map((part, j): Layer => {
    const name = `${letter}${j + 1}`;
    if ('fork' in part) {
      const branches = part.fork.map((fork, k) => [slimConv(letterOf(k), fork, options)]);
      return concat(name, branches);
    }
    if (!('pool' in part)) return slimConv(name, part, options);
    const window = { kernel: 3, stride: part.stride ?? 1, padding: part.stride === 2 ? 'valid' : 'same' } as const;
    return part.pool === 'max' ? maxPool(name, window) : averagePool(name, window);
  });
}

const letterOf = (index: number) => String.fromCharCode('a'.charCodeAt(0) + index);
