import type { AffineCamera } from './camera.ts';
import type { FaceMesh } from './face-mesh.ts';

export interface VisibilityOptions {
  /** Cosine between a triangle's normal and the way to the viewer up to which it counts as hidden. */
  readonly hiddenCosine?: number;
  /** Cosine from which it counts as seen; in between, in part. */
  readonly seenCosine?: number;
}

/**
 * Tell how well a camera sees each triangle of a face: 0 when it is turned away, 1 when it is well towards the viewer. Skin seen at a cosine
 * of 0.25 is drawn out four times across and more, to streaks, so it counts as hidden already.
 *
 * @param shape - In mm of the reference frame. Shape `[n, 3]`, row-major.
 * @returns In [0, 1]. Shape `[t]`.
 * @see Taigman et al., DeepFace, CVPR 2014, §2.2, which triangles are visible; the soft step is ours.
 */
export function triangleVisibility(
  shape: Float64Array,
  mesh: FaceMesh,
  camera: AffineCamera,
  { hiddenCosine = 0.25, seenCosine = 0.55 }: VisibilityOptions = {},
): Float32Array {
  const normals = frontNormals(shape, mesh.triangles);
  const [x, y, z] = towardsViewer(camera);
  return Float32Array.from({ length: normals.length / 3 }, (_, t) => {
    const cosine = normals[3 * t]! * x + normals[3 * t + 1]! * y + normals[3 * t + 2]! * z;
    return Math.min(Math.max((cosine - hiddenCosine) / (seenCosine - hiddenCosine), 0), 1);
  });
}

/**
 * Bring the visibility of triangles to their vertices, the mean of those around each, so that it changes over the face without a step.
 *
 * @param visibility - Of each triangle. Shape `[t]`.
 * @returns In [0, 1]; 0 for a vertex without triangles. Shape `[n]`.
 */
export function vertexVisibility(visibility: Float32Array, { triangles, mirrorVertex }: FaceMesh): Float64Array {
  const sums = new Float64Array(mirrorVertex.length);
  const counts = new Uint16Array(mirrorVertex.length);
  triangles.forEach((vertex, k) => {
    sums[vertex]! += visibility[Math.floor(k / 3)]!;
    counts[vertex]!++;
  });
  return sums.map((sum, vertex) => (counts[vertex]! > 0 ? sum / counts[vertex]! : 0));
}

/**
 * Find the normals of a face's triangles, of length 1, on the side that is seen from the front; a triangle without area has none, (0, 0, 0).
 *
 * @param shape - In mm of the reference frame. Shape `[n, 3]`, row-major.
 * @param triangles - Shape `[t, 3]`, either way round.
 * @returns Shape `[t, 3]`.
 */
export function frontNormals(shape: Float64Array, triangles: Uint16Array): Float64Array {
  const normals = new Float64Array(triangles.length);
  for (let t = 0; t < triangles.length; t += 3) {
    const [i, j, k] = [3 * triangles[t]!, 3 * triangles[t + 1]!, 3 * triangles[t + 2]!];
    const [bx, by, bz] = [shape[j]! - shape[i]!, shape[j + 1]! - shape[i + 1]!, shape[j + 2]! - shape[i + 2]!];
    const [cx, cy, cz] = [shape[k]! - shape[i]!, shape[k + 1]! - shape[i + 1]!, shape[k + 2]! - shape[i + 2]!];
    const x = by * cz - bz * cy;
    const y = bz * cx - bx * cz;
    const z = bx * cy - by * cx;
    const length = Math.sqrt(x * x + y * y + z * z);
    if (!(length > 0)) continue;
    // z leads away from the viewer
    const scale = (z > 0 ? -1 : 1) / length;
    normals[t] = x * scale;
    normals[t + 1] = y * scale;
    normals[t + 2] = z * scale;
  }
  return normals;
}

/** The way from the face to the viewer, of length 1: across both rows of the camera; at a yaw of 0, where the nose points. */
export function towardsViewer({ x: p, y: q }: AffineCamera): readonly [number, number, number] {
  const x = p[2] * q[1] - p[1] * q[2];
  const y = p[0] * q[2] - p[2] * q[0];
  const z = p[1] * q[0] - p[0] * q[1];
  const length = Math.sqrt(x * x + y * y + z * z);
  return [x / length, y / length, z / length];
}
