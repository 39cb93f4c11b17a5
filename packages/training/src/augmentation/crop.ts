import { type Affine, type Beyond, composeAffine, type Image, type Random } from '@kith/core';
import { drawFrom, type Range } from './draw.ts';

/** A view that is a little larger or smaller, moved and turned. */
export interface CropRange {
  /** Chance, 0–1. */
  readonly chance: number;
  /** Side of what is seen, as a share of what a plain view shows: below 1 is nearer. */
  readonly scale: Range;
  /** Way of the centre, to the right and downward, each as a share of the plain view's side. */
  readonly shift: Range;
  readonly rotationDegrees: Range;
  /** What lies beyond the frame; one of them is drawn. */
  readonly beyond: readonly Beyond[];
}

/** A view of an image, from which the result is sampled once. */
export interface View {
  /** From px of the result to px of the image. */
  readonly toImage: Affine;
  readonly beyond: Beyond;
}

/** The centred square of an image. @param options - Side of the result, and side of the square as a share of the image's shorter side. */
export function centredView(
  { width, height }: Pick<Image, 'width' | 'height'>,
  { sizePx, shownShare = 1 }: { readonly sizePx: number; readonly shownShare?: number },
): View {
  const scale = (shownShare * Math.min(width, height)) / sizePx;
  const offset = (side: number) => (side - 1 - scale * (sizePx - 1)) / 2;
  const toImage = { a: scale, b: 0, c: offset(width), d: 0, e: scale, f: offset(height) };
  return { toImage, beyond: 'edge' };
}

/** The view in a mirror. @param sizePx - Side of the result. */
export function flipView({ toImage, beyond }: View, sizePx: number): View {
  return { toImage: composeAffine({ a: -1, b: 0, c: sizePx - 1, d: 0, e: 1, f: 0 }, toImage), beyond };
}

/** The view as a draw makes it. @param sizePx - Side of the result. */
export function cropView(view: View, range: CropRange, { sizePx, random }: CropOptions): View {
  const scale = drawFrom(range.scale, random);
  const x = drawFrom(range.shift, random) * sizePx;
  const y = drawFrom(range.shift, random) * sizePx;
  const angle = (drawFrom(range.rotationDegrees, random) * Math.PI) / 180;
  const beyond = range.beyond[Math.floor(random() * range.beyond.length)] ?? view.beyond;
  const cos = scale * Math.cos(angle);
  const sin = scale * Math.sin(angle);
  const centre = (sizePx - 1) / 2;
  // about the centre of the result
  const c = centre + x - (cos - sin) * centre;
  const f = centre + y - (sin + cos) * centre;
  return { toImage: composeAffine({ a: cos, b: -sin, c, d: sin, e: cos, f }, view.toImage), beyond };
}

interface CropOptions {
  readonly sizePx: number;
  readonly random: Random;
}
