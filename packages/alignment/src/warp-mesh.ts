import { FaceError, type Image } from '@kith/core';
import { paintMesh } from './warp-mesh-paint.ts';
import { assertMesh, type MeshPixels, pixelsOfMesh, planesOfMesh } from './warp-mesh-pixels.ts';

export interface MeshWarpOptions {
  /** Where the vertices come to lie, in px of the result. Shape `[n, 2]`. */
  readonly target: Float64Array;
  /** Where the vertices lie in px of the photo. Shape `[n, 2]`. */
  readonly source: Float64Array;
  /** Shape `[t, 3]`, at most 32,767 triangles. */
  readonly triangles: Uint16Array;
  readonly width: number;
  readonly height: number;
}

export interface WarpedMesh {
  /** Black where there is no mesh, or no photo. */
  readonly image: Image;
  readonly pixels: MeshPixels;
  /** How many pixels of the mesh have their source beyond the photo. */
  readonly beyondPx: number;
}

/**
 * Warp an image piece by piece: each triangle by the affine that takes its corners from the photo to the result. Bilinear, averaged where
 * it shrinks, without cracks between triangles; work and memory go with the result, not with the photo.
 *
 * @param image - The photo.
 * @throws {FaceError} `LANDMARKS_DEGENERATE` when a vertex is not finite; `USAGE` when the counts do not fit.
 * @see Taigman et al., DeepFace, CVPR 2014, §2.2, the piece-wise affine transformation.
 */
export function warpMesh(image: Image, { target, source, triangles, width, height }: MeshWarpOptions): WarpedMesh {
  if (target.length !== source.length) {
    throw new FaceError('USAGE', `A warp needs as many sources as targets, got ${source.length} and ${target.length}.`);
  }
  assertMesh(source, triangles);
  const pixels = pixelsOfMesh(target, { triangles, width, height });
  const affines = planesOfMesh(target, { triangles, values: source, channels: 2 });
  const data = new Uint8Array(width * height * 3);
  const beyondPx = paintMesh(data, image, { pixels, affines });
  return { image: { width, height, data }, pixels, beyondPx };
}
