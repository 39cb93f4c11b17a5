import { chain, concat, conv, pointwise } from '../layers.ts';
import type { Layer } from '../operation.ts';

/** Filters of a fire module. */
export interface FireOptions {
  readonly squeeze: number;
  /** Of the 1×1 and of the 3×3 convolutions that read the squeezed maps. */
  readonly expand: readonly [one: number, three: number];
}

/**
 * Few 1×1 filters, then 1×1 and 3×3 filters side by side, each with ReLU.
 *
 * @see Iandola et al., SqueezeNet, 2016, §3.2.
 */
export function fire(name: string, { squeeze, expand: [one, three] }: FireOptions): Layer {
  return chain(name, [
    pointwise('squeeze', squeeze, { activation: 'relu' }),
    concat('expand', [
      [pointwise('one', one, { activation: 'relu' })],
      [conv('three', three, { kernel: 3, activation: 'relu' })],
    ]),
  ]);
}
