import { FaceError, type Image, shrink, warpAffine } from '@kith/core';
import {
  type Maps,
  type Network,
  type NetworkModel,
  type StrongestOptions,
  type StrongestUnits,
  strongestUnits,
} from '@kith/network';
import { drawUnits } from './draw/draw-units.ts';

export interface NetworkPicture extends StrongestUnits {
  /** A PNG: what the network was shown, and each unit's part of it beside what of it the unit looks for. */
  readonly png: Uint8Array;
}

/**
 * Show what a layer's strongest units look for in a photo.
 *
 * @param model - A network of pictures with its weights.
 * @throws {FaceError} `USAGE` for a network that takes no pictures, or a layer or unit it does not have; `WEIGHTS_MISMATCH`.
 */
export async function visualizeNetwork(
  model: NetworkModel,
  photo: Image,
  options: StrongestOptions = {},
): Promise<NetworkPicture> {
  const { network } = model;
  const size = pictureSize(network);
  const shown = fitted(photo, size);
  const found = strongestUnits(model, inputOf(network, shown), options);
  return { ...found, png: await drawUnits(shown, { network: network.name, channels: size[2], ...found }) };
}

/** No network looks at more; every number of every layer is kept. */
const mostPixels = 2 ** 24;

function pictureSize({ name, input }: Network): Maps {
  const [height, width, channels] = input;
  const isPicture = (channels === 1 || channels === 3) && height * width! <= mostPixels;
  if (isPicture) return [height, width!, channels];
  throw new FaceError(
    'USAGE',
    `${name} takes ${input.join('×')}, expected pictures of 1 or 3 channels and at most ${mostPixels} px.`,
  );
}

/** The whole photo in the middle of the input's size, black around it. */
function fitted(photo: Image, [height, width]: Maps): Image {
  const { image } = shrink(photo, Math.max(height, width));
  const scale = Math.min(width / image.width, height / image.height);
  // centre on centre, where the centre of the first pixel is (0, 0)
  const shift = (of: number, to: number) => (of - 1) / 2 - (to - 1) / 2 / scale;
  const toImage = {
    a: 1 / scale,
    b: 0,
    c: shift(image.width, width),
    d: 0,
    e: 1 / scale,
    f: shift(image.height, height),
  };
  return warpAffine(image, toImage, { width, height });
}

/** Pixels as a network takes them: as they are where its table begins by bringing them into its range, else from −1 to 1. */
function inputOf({ rows, input }: Network, { data }: Image): Float32Array {
  const [first] = rows;
  const takesBytes = first && 'operation' in first && first.operation.kind === 'normalize';
  const pixels = Float32Array.from(data, (value) => (takesBytes ? value : value / 127.5 - 1));
  if (input[2] === 3) return pixels;
  return Float32Array.from({ length: pixels.length / 3 }, (_, i) => {
    return (pixels[3 * i]! + pixels[3 * i + 1]! + pixels[3 * i + 2]!) / 3;
  });
}
