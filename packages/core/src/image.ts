import { FaceError } from './errors.ts';

/** RGB pixels, row-major, three bytes a pixel, 0–255, sRGB. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/**
 * Make an image of one colour, black by default.
 *
 * @param size - Width and height in px, both at least 1.
 * @throws {FaceError} `USAGE` when a side is not a positive whole number.
 */
export function createImage(
  { width, height }: Pick<Image, 'width' | 'height'>,
  { fill = [0, 0, 0] }: { readonly fill?: readonly [number, number, number] } = {},
): Image {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new FaceError('USAGE', `An image needs whole sides of at least 1 px, got ${width} × ${height}.`);
  }
  const data = new Uint8Array(width * height * 3);
  if (fill.some((value) => value !== 0)) for (let i = 0; i < data.length; i++) data[i] = fill[i % 3]!;
  return { width, height, data };
}
