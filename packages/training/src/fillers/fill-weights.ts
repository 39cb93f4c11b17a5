import { createRandom, seedOf } from '@kith/core';
import { initialWeights, layOut, type Network, type Parameter, type Weights } from '@kith/network';
import { fill } from './fill.ts';
import type { Filler } from './filler.ts';

export interface FillOptions {
  /** One for all kernels, or one for each parameter; what gets none starts as `initialWeights` has it. */
  readonly filler?: Filler | ((parameter: Parameter) => Filler | undefined);
  readonly seed?: number;
}

/**
 * Weights of a network to begin with, by Caffe's fillers.
 *
 * What a parameter starts with follows from the seed and its own name, so that a layer more changes no other.
 *
 * @throws {FaceError} `USAGE` for a filler that cannot fill its parameter; `NETWORK_INVALID` for a table that does not fit together.
 */
export function fillWeights(network: Network, { filler = { kind: 'xavier' }, seed = 1 }: FillOptions = {}): Weights {
  const isKernel = ({ fill }: Parameter) => fill === 'kernel';
  const fillerOf =
    typeof filler === 'function' ? filler : (parameter: Parameter) => (isKernel(parameter) ? filler : undefined);
  const initial = initialWeights(network, { seed });
  return new Map(
    layOut(network).nodes.flatMap(({ operation, parameters }) =>
      parameters.map((parameter) => {
        const { name, shape } = parameter;
        const chosen = fillerOf(parameter);
        if (!chosen) return [name, initial.get(name)!];
        const random = createRandom(seedOf(seed, ...Array.from(name, (letter) => letter.codePointAt(0)!)));
        return [name, { shape, data: fill(chosen, { parameter, operation: operation.kind }, { random }) }];
      }),
    ),
  );
}
