import { FaceError } from '@kith/core';
import type { Augmentation } from './augmentation.ts';

/** Least and most of a number or a range, or the words of a list. */
type Bounds = readonly [least: number, most: number] | readonly string[];

const chance: Bounds = [0, 1];

/** What each number of an augmentation may be. */
const bounds: Readonly<Record<keyof Augmentation, Bounds | Readonly<Record<string, Bounds>>>> = {
  flip: chance,
  crop: { chance, scale: [0.05, 20], shift: [-1, 1], rotationDegrees: [-180, 180], beyond: ['black', 'edge'] },
  occlusion: { chance, area: [0, 1], aspect: [0.01, 100], covers: ['noise', 'grey', 'mean'] },
  colour: { chance, brightness: [-1, 1], contrast: [0, 10], saturation: [0, 10], gamma: [0.01, 100] },
  grey: chance,
  blur: { chance, sigma: [0, 1] },
  resolution: { chance, scale: [0, 1] },
  noise: { chance, sigma: [0, 1] },
  jpeg: { chance, quality: [1, 100] },
};

/**
 * See that an augmentation, which may come from a file, has only what there is, all of it, and in its bounds.
 *
 * @throws {FaceError} `USAGE` with the name of what is wrong.
 */
export function checkAugmentation(augmentation: Augmentation): void {
  for (const [name, value] of Object.entries(augmentation)) {
    const expected = bounds[name as keyof Augmentation];
    if (expected === undefined) throw wrong(name, `one of ${Object.keys(bounds).join(', ')}`, value);
    if (isBounds(expected)) checkValue(name, value, expected);
    else checkPart(name, value, expected);
  }
}

function checkPart(name: string, part: unknown, expected: Readonly<Record<string, Bounds>>): void {
  const fields = Object.keys(expected).join(', ');
  if (typeof part !== 'object' || part === null) throw wrong(name, `a record of ${fields}`, part);
  const values = part as Readonly<Record<string, unknown>>;
  for (const field of Object.keys(values)) {
    if (!(field in expected)) throw wrong(`${name}.${field}`, `one of ${fields}`, values[field]);
  }
  for (const [field, limits] of Object.entries(expected)) checkValue(`${name}.${field}`, values[field], limits);
}

function checkValue(name: string, value: unknown, expected: Bounds): void {
  if (!isRange(expected)) {
    const isGood = Array.isArray(value) && value.length > 0 && value.every((word) => expected.includes(word));
    if (!isGood) throw wrong(name, `some of ${expected.join(', ')}`, value);
    return;
  }
  const [least, most] = expected;
  if (expected === chance) {
    if (!(typeof value === 'number' && value >= least && value <= most)) throw wrong(name, 'a chance of 0 to 1', value);
    return;
  }
  const isGood = Array.isArray(value) && value.length === 2 && least <= value[0] && value[0] <= value[1];
  if (!isGood || !(value[1] <= most)) throw wrong(name, `[least, most] within ${least} to ${most}`, value);
}

function isBounds(expected: Bounds | Readonly<Record<string, Bounds>>): expected is Bounds {
  return Array.isArray(expected);
}

function isRange(expected: Bounds): expected is readonly [number, number] {
  return typeof expected[0] === 'number';
}

function wrong(name: string, expected: string, got: unknown): FaceError {
  return new FaceError('USAGE', `Augmentation: ${name} is to be ${expected}, got ${JSON.stringify(got)}.`);
}
