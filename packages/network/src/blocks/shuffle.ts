import { add, averagePool, chain, channelShuffle, concat, depthwise, pointwise, relu } from '../layers.ts';
import type { Layer } from '../operation.ts';

export interface ShuffleUnitOptions {
  /** Channels of the unit's input and output. */
  readonly channels: readonly [from: number, to: number];
  readonly groups: number;
  /** 2 halves the maps and puts the input beside the result; 1 adds it. */
  readonly stride?: 1 | 2;
  /** Groups of the first convolution; the one that reads few channels is not grouped. */
  readonly firstGroups?: number;
}

/**
 * A bottleneck of grouped 1×1 convolutions with a channel shuffle between them; the depthwise convolution has no ReLU.
 *
 * @see Zhang et al., ShuffleNet, 2017, fig. 2b and 2c.
 */
export function shuffleUnit(
  name: string,
  { channels: [from, to], groups, stride = 1, firstGroups = groups }: ShuffleUnitOptions,
): Layer {
  const residual = [
    pointwise('reduce', to / 4, { groups: firstGroups, bias: false, norm: {}, activation: 'relu' }),
    channelShuffle('shuffle', { groups }),
    depthwise('depthwise', { kernel: 3, stride, padding: 1, bias: false, norm: {} }),
    pointwise('expand', stride === 2 ? to - from : to, { groups, bias: false, norm: {} }),
  ];
  const shortcut = stride === 2 ? [averagePool('pool', { kernel: 3, stride: 2, padding: 1 })] : [];
  const merge = stride === 2 ? concat('concat', [shortcut, residual]) : add('add', [shortcut, residual]);
  return chain(name, [merge, relu('relu')]);
}
