import { add, chain, depthwise, type FollowOptions, pointwise } from '../layers.ts';
import type { Layer } from '../operation.ts';

export interface BottleneckOptions {
  /** Channels of the input and output. */
  readonly channels: readonly [from: number, to: number];
  /** How many times as many channels as the input's lie between. */
  readonly expansion: number;
  readonly stride?: 1 | 2;
  readonly activation?: FollowOptions['activation'];
}

/**
 * An inverted bottleneck: widen, look at each channel, narrow without an activation; its input is added where sizes allow.
 *
 * @see Sandler et al., MobileNetV2, CVPR 2018, §3.3.
 */
export function invertedBottleneck(
  name: string,
  { channels: [from, to], expansion, stride = 1, activation = 'relu6' }: BottleneckOptions,
): Layer {
  const layers = [
    pointwise('expand', from * expansion, { bias: false, norm: {}, activation }),
    depthwise('depthwise', { kernel: 3, stride, padding: 1, bias: false, norm: {}, activation }),
    pointwise('project', to, { bias: false, norm: {} }),
  ];
  return stride === 1 && from === to ? add(name, [layers, []]) : chain(name, layers);
}
