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
  readonly glasses: boolean;
}

const skins: readonly Colour[] = [
  [0.82, 0.6, 0.5],
  [0.74, 0.5, 0.39],
  [0.68, 0.43, 0.27],
  [0.55, 0.32, 0.2],
  [0.38, 0.2, 0.11],
  [0.2, 0.095, 0.055],
  [0.12, 0.058, 0.036],
];
const hairs: readonly Colour[] = [
  [0.02, 0.015, 0.012],
  [0.06, 0.035, 0.02],
  [0.14, 0.075, 0.035],
  [0.42, 0.27, 0.11],
  [0.4, 0.39, 0.38],
  [0.26, 0.075, 0.02],
];
const irises: readonly Colour[] = [
  [0.05, 0.03, 0.015],
  [0.09, 0.045, 0.02],
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
  const longHair = random() < 0.5;
  // from a child's proportions to a heavy adult's, the axis along which faces differ most
  const maturity = random() * 2 - 1;
  return {
    seed,
    skin: tinted(skin, around(1, 0.06)),
    hair: tinted(dark ? hairs[Math.floor(random() * 2)]! : pick(hairs), around(1, 0.15)),
    iris: dark ? irises[Math.floor(random() * 2)]! : pick(irises),
    lips: longHair
      ? [skin[0] * 0.86, skin[1] * 0.42, skin[2] * 0.46]
      : [skin[0] * 0.84, skin[1] * 0.64, skin[2] * 0.68],
    faceWidth: around(1.01, 0.07),
    jawWidth: around((longHair ? 0.93 : 1.05) + 0.05 * maturity, 0.1),
    cheekbones: around(1, 1),
    faceLength: around(1 + 0.04 * maturity, 0.05),
    eyeSpacing: around(1 - 0.02 * maturity, 0.055),
    eyeWidth: around(1 - 0.06 * maturity, 0.09),
    eyeHeight: around((longHair ? 1.15 : 0.95) - 0.2 * maturity, 0.22),
    noseWidth: around((longHair ? 0.92 : 1.08) + 0.12 * maturity + (dark ? 0.18 : 0), 0.18),
    noseHeight: around(0.95 + 0.25 * maturity, 0.25),
    mouthWidth: around(1 + 0.06 * maturity, 0.11),
    lipFullness: around((longHair ? 1.2 : 0.9) + (dark ? 0.3 : 0), 0.25),
    browThickness: around(longHair ? 0.7 : 1.25, 0.35),
    eyeTilt: around(0.03, 0.09),
    browRise: around(longHair ? -0.15 : 0.1, 0.35),
    browArch: around(longHair ? 0.4 : 0.12, 0.2),
    noseLength: around(0.3 * maturity, 0.5),
    mouthDrop: around(0, 0.35),
    hairline: around(-0.2, 1),
    hairThickness: around(longHair ? 1.3 : 0.8, 0.4),
    longHair,
    beard: longHair || maturity < -0.2 ? 0 : Math.max(0, Math.min(1, around(0.3, 0.5))),
    freckles: Math.max(0, around(0.1, 0.4)),
    age: Math.max(0, maturity),
    glasses: random() < 0.2,
  };
}

function tinted([red, green, blue]: Colour, factor: number): Colour {
  return [red * factor, green * factor, blue * factor];
}
