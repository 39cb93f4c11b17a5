import type { Image, Random } from '@kith/core';
import { drawFrom, type Range } from './draw.ts';

/** Other light and another camera. */
export interface ColourRange {
  /** Chance, 0–1. */
  readonly chance: number;
  /** Added to each channel, as a share of white. */
  readonly brightness: Range;
  /** Factor of the distance from mid grey. */
  readonly contrast: Range;
  /** Factor of the distance from the pixel's own grey: 0 takes all colour away. */
  readonly saturation: Range;
  /** Exponent of a channel in 0–1: above 1 is darker. */
  readonly gamma: Range;
}

export interface Colour {
  readonly brightness: number;
  readonly contrast: number;
  readonly saturation: number;
  readonly gamma: number;
}

export function drawColour(range: ColourRange, random: Random): Colour {
  return {
    brightness: drawFrom(range.brightness, random),
    contrast: drawFrom(range.contrast, random),
    saturation: drawFrom(range.saturation, random),
    gamma: drawFrom(range.gamma, random),
  };
}

/** Change gamma, then contrast, then brightness by one table, then saturation. */
export function changeColour(image: Image, colour: Colour): Image {
  return changeSaturation(throughTable(image, colourTable(colour)), colour.saturation);
}

/** Take the colour away. */
export function toGrey(image: Image): Image {
  return changeSaturation(image, 0);
}

/** @returns The new value of each old one. Shape `[256]`. */
export function colourTable({ brightness, contrast, gamma }: Omit<Colour, 'saturation'>): Uint8ClampedArray {
  return Uint8ClampedArray.from({ length: 256 }, (_, value) => {
    return 255 * (((value / 255) ** gamma - 0.5) * contrast + 0.5 + brightness);
  });
}

function throughTable({ width, height, data }: Image, table: Uint8ClampedArray): Image {
  const out = new Uint8Array(data.length);
  for (let i = 0; i < out.length; i++) out[i] = table[data[i]!]!;
  return { width, height, data: out };
}

/** Luma of Rec. 601 in 1/256. */
const [redShare, greenShare, blueShare] = [77, 150, 29] as const;

function changeSaturation({ width, height, data }: Image, saturation: number): Image {
  const out = new Uint8ClampedArray(data.length);
  for (let i = 0; i < out.length; i += 3) {
    const grey = (redShare * data[i]! + greenShare * data[i + 1]! + blueShare * data[i + 2]! + 128) >> 8;
    out[i] = grey + saturation * (data[i]! - grey);
    out[i + 1] = grey + saturation * (data[i + 1]! - grey);
    out[i + 2] = grey + saturation * (data[i + 2]! - grey);
  }
  return { width, height, data: new Uint8Array(out.buffer) };
}
