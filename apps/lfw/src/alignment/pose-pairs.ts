import { createRandom, randomInteger } from '@kith/core';

/** Two photos, as indices, and whether they show one person. */
export interface PhotoPair {
  readonly one: number;
  readonly other: number;
  readonly same: boolean;
}

export interface PosePairOptions {
  /** The least difference of yaw in degrees. */
  readonly leastDegrees: number;
  readonly seed: number;
}

/**
 * Pairs of photos whose yaws differ much: every genuine one, and as many impostor ones, drawn.
 *
 * @param yawDegrees - Of each photo. Shape `[n]`.
 * @param people - Person of each photo. Shape `[n]`.
 */
export function posePairs(
  yawDegrees: Float64Array,
  people: readonly string[],
  { leastDegrees, seed }: PosePairOptions,
): readonly PhotoPair[] {
  const isFar = (one: number, other: number) => Math.abs(yawDegrees[one]! - yawDegrees[other]!) >= leastDegrees;
  const genuine: PhotoPair[] = [];
  for (let one = 0; one < people.length; one++) {
    for (let other = one + 1; other < people.length; other++) {
      if (people[one] === people[other] && isFar(one, other)) genuine.push({ one, other, same: true });
    }
  }
  const random = createRandom(seed);
  const drawn = new Map<number, PhotoPair>();
  // gives up where there are too few, which no data set of faces is
  for (let tries = 0; drawn.size < genuine.length && tries < 1000 * (genuine.length + 1); tries++) {
    const [first, second] = [randomInteger(random, people.length), randomInteger(random, people.length)];
    const [one, other] = first < second ? [first, second] : [second, first];
    if (people[one] === people[other] || !isFar(one, other)) continue;
    drawn.set(one * people.length + other, { one, other, same: false });
  }
  return [...genuine, ...drawn.values()];
}
