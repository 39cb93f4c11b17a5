import { type Image, type Random, warpAffine } from '@kith/core';
import type { Augmentation } from './augmentation.ts';
import { blur } from './blur.ts';
import { changeColour, drawColour, toGrey } from './colour.ts';
import { centredView, cropView, flipView, type View } from './crop.ts';
import { drawFrom, happens } from './draw.ts';
import { loseByJpeg } from './jpeg.ts';
import { addNoise } from './noise.ts';
import { occlude } from './occlusion.ts';
import { lowerResolution } from './resolution.ts';

export interface AugmentOptions {
  readonly augmentation: Augmentation;
  readonly random: Random;
  /** Side of the result. */
  readonly sizePx: number;
  /** Side of what a plain view shows, as a share of the image's shorter side: below 1 where the image has a margin to move in. */
  readonly shownShare?: number;
}

/**
 * Make of a face what a camera could have made of it. The way from the image to the result is one resampling; without augmentation
 * it is the centred square of the share that is shown, resized.
 */
export function augment(image: Image, options: AugmentOptions): Image {
  const { augmentation, random, sizePx } = options;
  const { toImage, beyond } = drawView(image, options);
  let result = warpAffine(image, toImage, { width: sizePx, height: sizePx, beyond });
  const { occlusion, colour, grey = 0, blur: blurring, resolution, noise, jpeg } = augmentation;
  if (occlusion && happens(occlusion, random)) result = occlude(result, occlusion, random);
  if (colour && happens(colour, random)) result = changeColour(result, drawColour(colour, random));
  if (happens({ chance: grey }, random)) result = toGrey(result);
  if (blurring && happens(blurring, random)) result = blur(result, drawFrom(blurring.sigma, random) * sizePx);
  if (resolution && happens(resolution, random)) {
    result = lowerResolution(result, Math.max(1, Math.round(drawFrom(resolution.scale, random) * sizePx)));
  }
  if (noise && happens(noise, random)) result = addNoise(result, drawFrom(noise.sigma, random) * 255, random);
  if (jpeg && happens(jpeg, random)) result = loseByJpeg(result, Math.round(drawFrom(jpeg.quality, random)));
  return result;
}

/**
 * Draw what part of an image an augmentation shows: the first thing that {@link augment} draws, so that random numbers of the same seed
 * tell again where it went.
 */
export function drawView(
  image: Pick<Image, 'width' | 'height'>,
  { augmentation, random, sizePx, shownShare = 1 }: AugmentOptions,
): View {
  const { flip = 0, crop } = augmentation;
  let view = centredView(image, { sizePx, shownShare });
  if (crop && happens(crop, random)) view = cropView(view, crop, { sizePx, random });
  return happens({ chance: flip }, random) ? flipView(view, sizePx) : view;
}
