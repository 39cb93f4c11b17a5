import { expect, test } from 'vitest';
import { projectShape } from './camera.ts';
import { depthOrder } from './depth-order.ts';
import { faceMesh } from './face-mesh.ts';
import { cameraOf } from './pose.ts';
import { referenceShape } from './reference-shape.ts';
import { towardsViewer } from './visibility.ts';
import { pixelsOfMesh, planesOfMesh } from './warp-mesh-pixels.ts';

const { triangles } = faceMesh;
const sizePx = 128;
const look = (yawDegrees: number, pitchDegrees: number) =>
  cameraOf({ yawDegrees, pitchDegrees, rollDegrees: 0, pxPerMm: 0.7, middle: [64, 50] });

/** Which triangle is nearest at each pixel, found pixel by pixel; how far behind the nearest each other one is there, mm. */
function depths(vertices: Float64Array, camera: ReturnType<typeof look>) {
  const [x, y, z] = towardsViewer(camera);
  const values = Float64Array.from(
    { length: referenceShape.length / 3 },
    (_, i) => x * referenceShape[3 * i]! + y * referenceShape[3 * i + 1]! + z * referenceShape[3 * i + 2]!,
  );
  const planes = planesOfMesh(vertices, { triangles, values, channels: 1 });
  return (t: number, p: number) =>
    planes[3 * t]! * (p % sizePx) + planes[3 * t + 1]! * Math.floor(p / sizePx) + planes[3 * t + 2]!;
}

test.each([
  [0, 0],
  [40, 0],
  [-40, 0],
  [30, 20],
  [-60, -20],
  [0, 30],
])('at yaw %d° and pitch %d° what is painted last is what is nearest', (yaw, pitch) => {
  const camera = look(yaw, pitch);
  const vertices = projectShape(camera, referenceShape);
  const order = depthOrder(referenceShape, { triangles, camera });
  const painted = pixelsOfMesh(vertices, { triangles, width: sizePx, height: sizePx, order }).triangleOf;
  const nearness = depths(vertices, camera);
  const nearest = new Float64Array(sizePx * sizePx).fill(Number.NEGATIVE_INFINITY);
  for (const t of order) {
    const alone = pixelsOfMesh(vertices, { triangles, width: sizePx, height: sizePx, order: Uint16Array.of(t) });
    alone.triangleOf.forEach((one, p) => {
      if (one >= 0) nearest[p] = Math.max(nearest[p]!, nearness(t, p));
    });
  }
  let [covered, wrong] = [0, 0];
  painted.forEach((t, p) => {
    expect(t >= 0).toBe(nearest[p]! > Number.NEGATIVE_INFINITY);
    if (t < 0) return;
    covered++;
    // a triangle in front of another by less than this is next to it
    if (nearness(t, p) < nearest[p]! - 3) wrong++;
  });
  expect(covered).toBeGreaterThan(2000);
  expect(wrong / covered).toBeLessThan(0.005);
});

test('triangles that are turned away are left out, and mirrored ones mirrored', () => {
  const all = triangles.length / 3;
  expect(depthOrder(referenceShape, { triangles, camera: look(0, 0) })).toHaveLength(all);
  const [right, left] = [60, -60].map((yaw) => depthOrder(referenceShape, { triangles, camera: look(yaw, 0) }));
  expect(right!.length).toBeLessThan(all);
  expect(new Set(Array.from(right!, (t) => faceMesh.mirrorTriangle[t]!))).toEqual(new Set(left));
});
