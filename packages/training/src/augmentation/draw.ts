import type { Random } from '@kith/core';

/** From the least to the most, each as likely. */
export type Range = readonly [least: number, most: number];

export function drawFrom([least, most]: Range, random: Random): number {
  return least + (most - least) * random();
}

/** Whether something of that chance happens this time. */
export function happens({ chance }: { readonly chance: number }, random: Random): boolean {
  return random() < chance;
}
