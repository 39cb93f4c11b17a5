import { createRandom, gaussian } from '@kith/core';

export type Colour = readonly [red: number, green: number, blue: number];

/** What makes one drawn person differ from another. Lengths in cm, colours 0–1 and linear in light. */
export interface Person {
  readonly seed: number;
  readonly skin: Colour;
  readonly hair: Colour;
  readonly iris: Colour;
  readonly lips: Colour;
  /** Factors around 1. */
  readonly faceWidth: number;
  readonly jawWidth: number;
  readonly cheekbones: number;
  readonly faceLength: number;
  readonly eyeSpacing: number;
  readonly eyeWidth: number;
  readonly eyeHeight: number;
  readonly noseWidth: number;
  readonly noseHeight: number;
  readonly mouthWidth: number;
  readonly lipFullness: number;
  readonly browThickness: number;
  /** Added to the usual place. */
  readonly eyeTilt: number;
  readonly browRise: number;
  readonly browArch: number;
  readonly noseLength: number;
  readonly mouthDrop: number;
  readonly hairline: number;
  readonly hairThickness: number;
  readonly longHair: boolean;
  /** 0–1. */
  readonly beard: number;
  readonly freckles: number;
  readonly age: number;
}

const skins: readonly Colour[] = [
  [0.74, 0.5, 0.39],
  [0.68, 0.43, 0.31],
  [0.6, 0.36, 0.24],
  [0.46, 0.26, 0.16],
  [0.3, 0.16, 0.095],
  [0.78, 0.55, 0.45],
];
const hairs: readonly Colour[] = [
  [0.02, 0.015, 0.012],
  [0.06, 0.035, 0.02],
  [0.14, 0.075, 0.035],
  [0.36, 0.22, 0.09],
  [0.3, 0.28, 0.27],
  [0.22, 0.07, 0.025],
];
const irises: readonly Colour[] = [
  [0.09, 0.045, 0.02],
  [0.05, 0.03, 0.015],
  [0.12, 0.2, 0.3],
  [0.13, 0.17, 0.07],
];

/**
 * Draw a person's traits from a seed; the same seed is the same person.
 *
 * @param seed - Any whole number.
 */
export function createPerson(seed: number): Person {
  const random = createRandom(seed * 7919 + 17);
  const around = (mean: number, spread: number) => mean + spread * Math.max(-2, Math.min(2, gaussian(random)));
  const pick = <T>(choices: readonly T[]) => choices[Math.floor(random() * choices.length)]!;
  const skin = pick(skins);
  const dark = skin[0] < 0.5;
  const longHair = random() < 0.45;
  return {
    seed,
    skin: tinted(skin, around(1, 0.06)),
    hair: tinted(dark ? hairs[Math.floor(random() * 2)]! : pick(hairs), around(1, 0.15)),
    iris: dark ? irises[Math.floor(random() * 2)]! : pick(irises),
    lips: longHair ? [skin[0] * 0.86, skin[1] * 0.46, skin[2] * 0.5] : [skin[0] * 0.84, skin[1] * 0.62, skin[2] * 0.66],
    faceWidth: around(1, 0.05),
    jawWidth: around(longHair ? 0.96 : 1.03, 0.06),
    cheekbones: around(1, 0.5),
    faceLength: around(1, 0.035),
    eyeSpacing: around(1, 0.045),
    eyeWidth: around(1, 0.07),
    eyeHeight: around(longHair ? 1.08 : 0.95, 0.13),
    noseWidth: around(longHair ? 0.95 : 1.05, 0.13),
    noseHeight: around(1, 0.16),
    mouthWidth: around(1, 0.08),
    lipFullness: around(longHair ? 1.15 : 0.95, 0.2),
    browThickness: around(longHair ? 0.8 : 1.15, 0.22),
    eyeTilt: around(0.02, 0.05),
    browRise: around(0, 0.25),
    browArch: around(longHair ? 0.35 : 0.15, 0.15),
    noseLength: around(0, 0.35),
    mouthDrop: around(0, 0.25),
    hairline: around(0, 0.7),
    hairThickness: around(longHair ? 1.3 : 0.9, 0.3),
    longHair,
    beard: longHair ? 0 : Math.max(0, around(0.1, 0.35)),
    freckles: Math.max(0, around(0.15, 0.3)),
    age: random(),
  };
}

function tinted([red, green, blue]: Colour, factor: number): Colour {
  return [red * factor, green * factor, blue * factor];
}
