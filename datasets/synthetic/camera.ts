import type { Point } from '@kith/core';
import type { Person } from './person.ts';
import type { View } from './view.ts';

/** One person in a picture. */
export interface Sitter {
  readonly person: Person;
  readonly view: View;
}

/** How far the camera stands away, in cm. */
const cameraDistance = 110;
const headHeightCm = 24;

/** From the sitter's cm to px of the picture; depth too is in px, towards the viewer. */
export type Projection = (x: number, y: number, z: number) => readonly [x: number, y: number, depth: number];

/** The camera for one sitter. @returns Places in px, for a picture of the given height. */
export function projection(
  { view }: Sitter,
  { width, height }: { readonly width: number; readonly height: number },
): Projection {
  const [yaw, pitch, roll] = [view.yawDegrees, view.pitchDegrees, view.rollDegrees].map(
    (degrees) => (degrees * Math.PI) / 180,
  ) as [number, number, number];
  const pxPerCm = (view.headHeight * height) / headHeightCm;
  // the head turns about its own middle, some way behind the eyes
  const pivot = -1;
  return (x, y, z) => {
    const dz = z - pivot;
    const x1 = x * Math.cos(yaw) + dz * Math.sin(yaw);
    const z1 = dz * Math.cos(yaw) - x * Math.sin(yaw);
    const y2 = y * Math.cos(pitch) + z1 * Math.sin(pitch);
    const z2 = z1 * Math.cos(pitch) - y * Math.sin(pitch);
    const x3 = x1 * Math.cos(roll) - y2 * Math.sin(roll);
    const y3 = x1 * Math.sin(roll) + y2 * Math.cos(roll);
    const scale = (pxPerCm * cameraDistance) / (cameraDistance - z2);
    return [view.centre[0] * width + x3 * scale, view.centre[1] * height + y3 * scale, z2 * pxPerCm];
  };
}

/** Where a point of the face lies in the picture. */
export function placeOf(
  sitter: Sitter,
  size: { readonly width: number; readonly height: number },
  at: readonly [number, number, number],
): Point {
  const [x, y] = projection(sitter, size)(...at);
  return [x, y];
}
