import { chain, depthwise, type FollowOptions, pointwise, type Size } from '../layers.ts';
import type { Layer } from '../operation.ts';
import type { Padding } from '../shape.ts';

export interface SeparableOptions extends FollowOptions {
  readonly kernel?: Size;
  readonly stride?: Size;
  readonly padding?: Padding;
  readonly bias?: boolean;
}

/**
 * A convolution of each channel by itself, then 1×1 over all; both with the same norm and activation.
 *
 * Its cost is 1 / filters + 1 / kernel² of the full convolution's.
 *
 * @see Howard et al., MobileNets, 2017, §3.1.
 */
export function depthwiseSeparable(
  name: string,
  filters: number,
  { kernel = 3, stride = 1, padding = 'same', bias = false, ...follow }: SeparableOptions = {},
): Layer {
  return chain(name, [
    depthwise('depthwise', { kernel, stride, padding, bias, ...follow }),
    pointwise('pointwise', filters, { bias, ...follow }),
  ]);
}
