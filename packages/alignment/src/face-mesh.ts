import { landmarkMirror } from '@kith/core';
import { triangulate } from './adapters/delaunator.ts';
import { fiducialCount, referenceShape, ringMirror } from './reference-shape.ts';

/** Triangles over a shape's vertices, and how the left side of them maps to the right. */
export interface FaceMesh {
  /** Three vertices a triangle, counter-clockwise as seen in the image of a frontal face, y pointing down. Shape `[t, 3]`, row-major. */
  readonly triangles: Uint16Array;
  /** For each vertex, the one on the other side. Shape `[n]`. */
  readonly mirrorVertex: Uint16Array;
  /** For each triangle, the one on the other side; one across the middle is its own. Shape `[t]`. */
  readonly mirrorTriangle: Uint16Array;
}

/**
 * The one mesh of every face: the Delaunay triangulation of the reference shape as seen from the front.
 *
 * It is made once and never again for a face, so that a triangle is the same patch of skin in all of them.
 *
 * @see Taigman et al., DeepFace, CVPR 2014, §2.1.
 */
export const faceMesh: FaceMesh = meshOf(referenceShape);

function meshOf(shape: Float64Array): FaceMesh {
  const mirrorVertex = Uint16Array.from([
    ...landmarkMirror.deepface67,
    ...ringMirror.map((other) => fiducialCount + other),
  ]);
  const triangles = Uint16Array.from(triangulate(shape.filter((_, i) => i % 3 !== 2)));
  return { triangles, mirrorVertex, mirrorTriangle: mirrorTriangles(triangles, mirrorVertex) };
}

/** @throws {RangeError} When a triangle has none: the shape is not symmetric, or four of its vertices lie on one circle. */
function mirrorTriangles(triangles: Uint16Array, mirrorVertex: Uint16Array): Uint16Array {
  const name = (vertices: Uint16Array) => vertices.toSorted().join();
  const numbers = new Map<string, number>();
  for (let at = 0; at < triangles.length; at += 3) numbers.set(name(triangles.subarray(at, at + 3)), at / 3);
  return Uint16Array.from({ length: triangles.length / 3 }, (_, t) => {
    const mirrored = triangles.subarray(3 * t, 3 * t + 3).map((vertex) => mirrorVertex[vertex]!);
    const other = numbers.get(name(mirrored));
    if (other === undefined) throw new RangeError(`Triangle ${t} of the face mesh has no mirror image ${mirrored}.`);
    return other;
  });
}
