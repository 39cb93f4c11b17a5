import type { Weights } from '@kith/network';

/** The weights that a snapshot was judged by: averages where any are kept. */
export function judgedWeights({ model, judged }: Readonly<Record<string, Weights>>): Weights {
  return judged ?? model!;
}
