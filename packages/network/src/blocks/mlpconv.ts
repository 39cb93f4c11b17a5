import { chain, conv, pointwise, type Size } from '../layers.ts';
import type { Chain } from '../operation.ts';

/**
 * NIN's mlpconv: a convolution and two 1×1 convolutions, ReLU after each; a small network that slides over the maps.
 *
 * @param widths - Filters of the three.
 * @see Lin, Chen & Yan, Network in Network, 2013, §3.1 and figure 1b.
 */
export function mlpconv(
  name: string,
  widths: readonly [number, number, number],
  { kernel }: { readonly kernel: Size },
): Chain {
  const activation = 'relu';
  return chain(name, [
    conv('conv', widths[0], { kernel, activation }),
    pointwise('cccp1', widths[1], { activation }),
    pointwise('cccp2', widths[2], { activation }),
  ]);
}
