import type { Weights } from '@kith/network';

/**
 * The weights that a snapshot was judged by: averages where the optimizer keeps any, the model's own for the rest, such as norms'
 * statistics.
 */
export function judgedWeights(groups: Readonly<Record<string, Weights>>): Weights {
  const { model, optimizer } = groups;
  return new Map([...model!].map(([name, own]) => [name, optimizer?.get(`${name}/average`) ?? own]));
}
