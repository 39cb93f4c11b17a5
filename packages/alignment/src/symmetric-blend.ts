import type { Affine, Image } from '@kith/core';
import type { FaceMesh } from './face-mesh.ts';
import { isBeyondFrame, paintMesh } from './warp-mesh-paint.ts';
import { type MeshPixels, pixelsOfMesh, planesOfMesh } from './warp-mesh-pixels.ts';

/** A face to be painted from its photo. */
export interface FacePaint {
  readonly mesh: FaceMesh;
  /** Where the vertices come to lie, in px of the result. Shape `[n, 2]`. */
  readonly target: Float64Array;
  /** Where the vertices lie in px of the photo. Shape `[n, 2]`. */
  readonly source: Float64Array;
  /** How well the photo shows each vertex, in [0, 1]; where it is left out nothing is mirrored. Shape `[n]`. */
  readonly visibility?: Float64Array | undefined;
  readonly width: number;
  readonly height: number;
  /** Triangles in the order they are painted in; all, as they are numbered, where it is left out. */
  readonly order?: Uint16Array | undefined;
  /** What is painted around the mesh: the photo, through this transform from px of the result. */
  readonly around?: Affine | undefined;
}

export interface PaintedFace {
  readonly image: Image;
  /** How much of each pixel is from its own side of the photo, 0–255; 0 where there is nothing. Shape `[height, width]`. */
  readonly ownSide: Uint8Array;
  /** Share of the mesh's pixels that have their own place inside the photo; 0 where there are none. */
  readonly insideShare: number;
}

/**
 * Paint a face by its mesh, and what the photo hides from the other side: `own · w + mirrored · (1 − w)`, the mirrored pixel being at the
 * same shares of the three mirrored corners, and 1 − w how much better it is seen. So where both sides are seen, or hidden, alike the own
 * one stays; where the photo ends the mirrored one takes over.
 *
 * @see Taigman et al., DeepFace, CVPR 2014, §2.2, blending with the symmetrical counterparts.
 */
export function paintFace(image: Image, face: FacePaint): PaintedFace {
  const { mesh, target, source, visibility, width, height, order, around } = face;
  const { triangles } = mesh;
  const pixels = pixelsOfMesh(target, { triangles, width, height, ...(order && { order }) });
  const own = planesOfMesh(target, { triangles, values: source, channels: 2 });
  const data = new Uint8Array(width * height * 3);
  const withAround = around ? fillAround(pixels, own, around) : { pixels, affines: own };
  const beyondPx = paintMesh(data, image, withAround);
  const ownSide = placesInside(image, withAround, beyondPx);
  const insideShare = shareInside(pixels, ownSide);
  if (visibility) {
    const weights = mirroredWeights(pixels, ownSide, { mesh, target, visibility });
    const mirrored = planesOfMesh(target, { triangles, values: mirroredPlaces(source, mesh), channels: 2 });
    paintMesh(data, image, { pixels, affines: mirrored, weights });
    for (let p = 0; p < weights.length; p++) if (ownSide[p] === 255) ownSide[p] = 255 - weights[p]!;
  }
  return { image: { width, height, data }, ownSide, insideShare };
}

interface Places {
  readonly pixels: MeshPixels;
  readonly affines: Float64Array;
}

/** Give all that is around the mesh to one more triangle, of an affine of its own. */
function fillAround({ triangleOf, ...size }: MeshPixels, affines: Float64Array, around: Affine): Places {
  const more = affines.length / 6;
  const extended = new Float64Array(affines.length + 6);
  extended.set(affines);
  extended.set([around.a, around.b, around.c, around.d, around.e, around.f], affines.length);
  const filled = triangleOf.slice();
  for (let p = 0; p < filled.length; p++) if (filled[p]! < 0) filled[p] = more;
  return { pixels: { ...size, triangleOf: filled }, affines: extended };
}

/** 255 where a pixel has its place inside the photo, else 0. Shape `[height, width]`. */
function placesInside(image: Image, { pixels, affines }: Places, beyondPx: number): Uint8Array {
  const { width, triangleOf } = pixels;
  const inside = new Uint8Array(triangleOf.length);
  for (let p = 0; p < inside.length; p++) {
    if (triangleOf[p]! < 0) continue;
    inside[p] = 255;
    if (beyondPx === 0) continue;
    const at = 6 * triangleOf[p]!;
    const [u, v] = [p % width, Math.floor(p / width)];
    const x = affines[at]! * u + affines[at + 1]! * v + affines[at + 2]!;
    const y = affines[at + 3]! * u + affines[at + 4]! * v + affines[at + 5]!;
    if (isBeyondFrame(image, x, y)) inside[p] = 0;
  }
  return inside;
}

function shareInside({ triangleOf }: MeshPixels, inside: Uint8Array): number {
  let [covered, within] = [0, 0];
  for (let p = 0; p < inside.length; p++) {
    if (triangleOf[p]! < 0) continue;
    covered++;
    if (inside[p]! > 0) within++;
  }
  return covered > 0 ? within / covered : 0;
}

/** How much of each pixel of the mesh comes from the other side, 0–255: as much as is seen better there. Shape `[height, width]`. */
function mirroredWeights(
  { width, triangleOf }: MeshPixels,
  inside: Uint8Array,
  { mesh, target, visibility }: Pick<FacePaint, 'mesh' | 'target'> & { readonly visibility: Float64Array },
): Uint8Array {
  const { triangles, mirrorVertex } = mesh;
  const shares = visibility.map((seen, vertex) => Math.max(0, visibility[mirrorVertex[vertex]!]! - seen));
  const planes = planesOfMesh(target, { triangles, values: shares, channels: 1 });
  const weights = new Uint8Array(triangleOf.length);
  for (let p = 0, u = 0, v = 0; p < weights.length; p++, u++) {
    if (u === width) {
      u = 0;
      v++;
    }
    const t = 3 * triangleOf[p]!;
    if (t < 0) continue;
    if (inside[p] === 0) {
      weights[p] = 255;
      continue;
    }
    const share = planes[t]! * u + planes[t + 1]! * v + planes[t + 2]!;
    weights[p] = 255 * Math.min(Math.max(share, 0), 1) + 0.5;
  }
  return weights;
}

/** The places of the mirrored vertices. Shape `[n, 2]`. */
function mirroredPlaces(source: Float64Array, { mirrorVertex }: FaceMesh): Float64Array {
  const places = new Float64Array(source.length);
  mirrorVertex.forEach((from, to) => {
    places[2 * to] = source[2 * from]!;
    places[2 * to + 1] = source[2 * from + 1]!;
  });
  return places;
}
