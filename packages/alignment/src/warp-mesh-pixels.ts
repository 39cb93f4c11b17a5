import { FaceError } from '@kith/core';

/** Which triangle of a mesh each pixel of a picture belongs to. */
export interface MeshPixels {
  readonly width: number;
  readonly height: number;
  /** Number of the triangle, or -1 where there is none. Shape `[height, width]`. */
  readonly triangleOf: Int16Array;
}

/** Below this area (twice it, in px²) a triangle is taken for a line and left out. */
const leastArea = 1e-9;

/**
 * Find the triangle of each pixel: a pixel belongs to the triangle that its centre lies in. A centre on an edge belongs to the triangle on
 * the right of the edge, or below it where the edge is level, so a mesh without folds has no crack and no pixel that is painted twice.
 *
 *         top                rows from ceil(top) to below bottom;
 *        /   \               in each, columns from ceil(left) to below right
 *   left ───── right         both ends of a side are told apart by their height alone, so neighbours
 *        \  /                find the same place on the side they share, to the last bit
 *       bottom
 *
 * @param vertices - In px of the picture. Shape `[n, 2]`.
 * @param options - `triangles` has shape `[t, 3]`. Where triangles overlap, the last of `order` (or of `triangles`) is on top.
 * @throws {FaceError} `LANDMARKS_DEGENERATE` when a vertex is not finite; `USAGE` when a triangle has a vertex that is not there.
 */
export function pixelsOfMesh(
  vertices: Float64Array,
  {
    triangles,
    width,
    height,
    order,
  }: {
    readonly triangles: Uint16Array;
    readonly width: number;
    readonly height: number;
    readonly order?: Uint16Array;
  },
): MeshPixels {
  assertMesh(vertices, triangles);
  const triangleOf = new Int16Array(width * height).fill(-1);
  const count = order?.length ?? triangles.length / 3;
  for (let k = 0; k < count; k++) {
    const t = order ? order[k]! : k;
    // its corners from top to bottom
    let [p, q, r] = [triangles[3 * t]! * 2, triangles[3 * t + 1]! * 2, triangles[3 * t + 2]! * 2];
    if (!(Math.abs(doubleArea(vertices, p, q, r)) > leastArea)) continue;
    if (vertices[p + 1]! > vertices[q + 1]!) [p, q] = [q, p];
    if (vertices[q + 1]! > vertices[r + 1]!) [q, r] = [r, q];
    if (vertices[p + 1]! > vertices[q + 1]!) [p, q] = [q, p];
    const [top, middle, bottom] = [vertices[p + 1]!, vertices[q + 1]!, vertices[r + 1]!];
    const [topX, middleX] = [vertices[p]!, vertices[q]!];
    const long = (vertices[r]! - topX) / (bottom - top);
    const upper = (middleX - topX) / (middle - top);
    const lower = (vertices[r]! - middleX) / (bottom - middle);
    const end = Math.min(height, Math.ceil(bottom));
    for (let v = Math.max(0, Math.ceil(top)); v < end; v++) {
      const one = topX + (v - top) * long;
      const other = v < middle ? topX + (v - top) * upper : middleX + (v - middle) * lower;
      const from = Math.max(0, Math.ceil(Math.min(one, other)));
      const to = Math.min(width, Math.ceil(Math.max(one, other)));
      for (let o = v * width + from; o < v * width + to; o++) triangleOf[o] = t;
    }
  }
  return { width, height, triangleOf };
}

/**
 * Lay a plane through the values at the corners of each triangle.
 *
 * @param vertices - In px of the picture. Shape `[n, 2]`.
 * @param options - `values` has shape `[n, channels]`.
 * @returns For each triangle and channel p, q and r of `p·u + q·v + r`; not finite where the triangle is a line. Shape `[t, channels, 3]`.
 */
export function planesOfMesh(
  vertices: Float64Array,
  {
    triangles,
    values,
    channels,
  }: { readonly triangles: Uint16Array; readonly values: Float64Array; readonly channels: number },
): Float64Array {
  const planes = new Float64Array(triangles.length * channels);
  for (let t = 0, o = 0; t < triangles.length; t += 3) {
    const [i, j, k] = [triangles[t]!, triangles[t + 1]!, triangles[t + 2]!];
    const [x, y] = [vertices[2 * i]!, vertices[2 * i + 1]!];
    const [bx, by] = [vertices[2 * j]! - x, vertices[2 * j + 1]! - y];
    const [cx, cy] = [vertices[2 * k]! - x, vertices[2 * k + 1]! - y];
    const area = bx * cy - cx * by;
    for (let channel = 0; channel < channels; channel++, o += 3) {
      const value = values[i * channels + channel]!;
      const b = values[j * channels + channel]! - value;
      const c = values[k * channels + channel]! - value;
      planes[o] = (b * cy - c * by) / area;
      planes[o + 1] = (c * bx - b * cx) / area;
      planes[o + 2] = value - planes[o]! * x - planes[o + 1]! * y;
    }
  }
  return planes;
}

/** @throws {FaceError} `LANDMARKS_DEGENERATE` when a coordinate is not finite; `USAGE` when a triangle has a vertex that is not there. */
export function assertMesh(vertices: Float64Array, triangles: Uint16Array): void {
  for (let i = 0; i < vertices.length; i++) {
    if (!Number.isFinite(vertices[i])) {
      throw new FaceError('LANDMARKS_DEGENERATE', `Coordinate ${i} of a mesh is ${vertices[i]}, not finite.`);
    }
  }
  const count = vertices.length / 2;
  for (let i = 0; i < triangles.length; i++) {
    if (triangles[i]! >= count) {
      throw new FaceError('USAGE', `A triangle has vertex ${triangles[i]}; the mesh has ${count}.`);
    }
  }
}

/** Twice the signed area of a triangle whose corners' coordinates begin at `p`, `q`, `r`. */
function doubleArea(vertices: Float64Array, p: number, q: number, r: number): number {
  return (
    (vertices[q]! - vertices[p]!) * (vertices[r + 1]! - vertices[p + 1]!) -
    (vertices[r]! - vertices[p]!) * (vertices[q + 1]! - vertices[p + 1]!)
  );
}
