import type { AffineCamera } from './camera.ts';
import { frontNormals, towardsViewer } from './visibility.ts';

/**
 * Put the triangles that are turned to the viewer in the order they are painted in, the farthest first.
 *
 * @param shape - In mm of the reference frame. Shape `[n, 3]`, row-major.
 * @param options - `triangles` has shape `[t, 3]`.
 * @returns Numbers of triangles; those turned away are left out.
 */
export function depthOrder(
  shape: Float64Array,
  { triangles, camera }: { readonly triangles: Uint16Array; readonly camera: AffineCamera },
): Uint16Array {
  const [x, y, z] = towardsViewer(camera);
  const normals = frontNormals(shape, triangles);
  const nearness = new Float64Array(triangles.length / 3);
  const seen: number[] = [];
  for (let t = 0; t < nearness.length; t++) {
    const at = 3 * t;
    if (!(normals[at]! * x + normals[at + 1]! * y + normals[at + 2]! * z > 0)) continue;
    seen.push(t);
    for (let k = at; k < at + 3; k++) {
      const i = 3 * triangles[k]!;
      nearness[t]! += shape[i]! * x + shape[i + 1]! * y + shape[i + 2]! * z;
    }
  }
  return Uint16Array.from(seen.sort((one, other) => nearness[one]! - nearness[other]!));
}
