import { FaceError } from './errors.ts';

/** A rectangle in px; the maxima are exclusive. */
export interface Box {
  readonly xMin: number;
  readonly yMin: number;
  readonly xMax: number;
  readonly yMax: number;
}

export type Point = readonly [x: number, y: number];

/** `x' = a·x + b·y + c`, `y' = d·x + e·y + f`; px to px, where pixel (0, 0) has its centre at (0, 0). */
export interface Affine {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
}

export const identityAffine: Affine = { a: 1, b: 0, c: 0, d: 0, e: 1, f: 0 };

/** Apply a transform to a point. */
export function transformPoint({ a, b, c, d, e, f }: Affine, [x, y]: Point): Point {
  return [a * x + b * y + c, d * x + e * y + f];
}

/** Compose two transforms: the result does `first`, then `second`. */
export function composeAffine(first: Affine, second: Affine): Affine {
  return {
    a: second.a * first.a + second.b * first.d,
    b: second.a * first.b + second.b * first.e,
    c: second.a * first.c + second.b * first.f + second.c,
    d: second.d * first.a + second.e * first.d,
    e: second.d * first.b + second.e * first.e,
    f: second.d * first.c + second.e * first.f + second.f,
  };
}

/** @throws {FaceError} `LANDMARKS_DEGENERATE` when the transform flattens the plane. */
export function invertAffine({ a, b, c, d, e, f }: Affine): Affine {
  const determinant = a * e - b * d;
  if (!Number.isFinite(1 / determinant)) {
    throw new FaceError('LANDMARKS_DEGENERATE', `A transform of determinant ${determinant} has no inverse.`);
  }
  const k = 1 / determinant;
  return { a: e * k, b: -b * k, c: (b * f - c * e) * k, d: -d * k, e: a * k, f: (c * d - a * f) * k };
}

/** Factor by which a transform scales lengths, the root of the factor by which it scales areas. */
export function scaleOf({ a, b, d, e }: Affine): number {
  return Math.sqrt(Math.abs(a * e - b * d));
}

/** Width and height of a box in px. */
export function boxSize({ xMin, yMin, xMax, yMax }: Box): { readonly width: number; readonly height: number } {
  return { width: xMax - xMin, height: yMax - yMin };
}

export function boxArea(box: Box): number {
  const { width, height } = boxSize(box);
  return Math.max(0, width) * Math.max(0, height);
}

export function boxCentre({ xMin, yMin, xMax, yMax }: Box): Point {
  return [(xMin + xMax) / 2, (yMin + yMax) / 2];
}

/** Intersection over union of two boxes, 0–1. */
export function intersectionOverUnion(one: Box, other: Box): number {
  const intersection = boxArea({
    xMin: Math.max(one.xMin, other.xMin),
    yMin: Math.max(one.yMin, other.yMin),
    xMax: Math.min(one.xMax, other.xMax),
    yMax: Math.min(one.yMax, other.yMax),
  });
  const union = boxArea(one) + boxArea(other) - intersection;
  return union > 0 ? intersection / union : 0;
}

/** The box cut to an image's frame. */
export function clipBox(box: Box, { width, height }: { readonly width: number; readonly height: number }): Box {
  const clamp = (value: number, max: number) => Math.min(Math.max(value, 0), max);
  return {
    xMin: clamp(box.xMin, width),
    yMin: clamp(box.yMin, height),
    xMax: clamp(box.xMax, width),
    yMax: clamp(box.yMax, height),
  };
}

/** The box with every coordinate times a factor. */
export function scaleBox({ xMin, yMin, xMax, yMax }: Box, factor: number): Box {
  return { xMin: xMin * factor, yMin: yMin * factor, xMax: xMax * factor, yMax: yMax * factor };
}
