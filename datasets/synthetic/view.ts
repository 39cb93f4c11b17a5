import { createRandom, gaussian } from '@kith/core';

/** What differs between two pictures of one person. */
export interface View {
  /** Positive turns the face to the picture's right. */
  readonly yawDegrees: number;
  /** Positive looks down. */
  readonly pitchDegrees: number;
  /** Positive turns clockwise. */
  readonly rollDegrees: number;
  /** Height of the head, as a share of the picture's. */
  readonly headHeight: number;
  /** Where the eyes' middle lies, as a share of the picture's sides. */
  readonly centre: readonly [x: number, y: number];
  /** Where the light comes from, seen from the face. */
  readonly lightDegrees: number;
  readonly brightness: number;
  /** 1 is neutral; towards the yellow of a bulb above, the blue of shade below. */
  readonly warmth: number;
  /** 0 closed, 1 wide. */
  readonly mouthOpen: number;
  readonly smile: number;
  readonly grain: number;
  readonly seed: number;
}

/**
 * Draw a view from a seed; 0 is a frontal picture in even light.
 *
 * @param seed - Any whole number.
 */
export function createView(seed: number): View {
  const random = createRandom(seed * 104729 + 5);
  const around = (mean: number, spread: number) =>
    seed === 0 ? mean : mean + spread * Math.max(-2, Math.min(2, gaussian(random)));
  return {
    yawDegrees: around(0, 9),
    pitchDegrees: around(0, 4),
    rollDegrees: around(0, 4),
    headHeight: around(0.58, 0.04),
    centre: [around(0.5, 0.025), around(0.46, 0.02)],
    lightDegrees: around(20, 25),
    brightness: around(1, 0.1),
    warmth: around(1, 0.05),
    mouthOpen: Math.max(0, around(0.05, 0.12)),
    smile: around(0.3, 0.3),
    grain: Math.abs(around(0.6, 0.3)),
    seed,
  };
}
