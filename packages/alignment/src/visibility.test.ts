import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FaceMesh } from './face-mesh.ts';
import { cameraOf } from './pose.ts';
import { frontNormals, towardsViewer, triangleVisibility, vertexVisibility } from './visibility.ts';

/** A roof of two squares that lean back to both sides by 45°, its ridge upright and nearest to the viewer. */
const roof = Float64Array.of(-9, -5, 0, 0, -5, -9, 9, -5, 0, -9, 5, 0, 0, 5, -9, 9, 5, 0);
const mesh: FaceMesh = {
  triangles: Uint16Array.of(0, 1, 3, 1, 4, 3, 1, 2, 5, 1, 5, 4),
  mirrorVertex: Uint16Array.of(2, 1, 0, 5, 4, 3),
  mirrorTriangle: Uint16Array.of(2, 3, 0, 1),
};
const look = (yawDegrees: number, pitchDegrees = 0) =>
  cameraOf({ yawDegrees, pitchDegrees, rollDegrees: 20, pxPerMm: 3, middle: [40, 50] });
const angle = fc.double({ min: -85, max: 85, noNaN: true });

describe('which triangles a camera sees', () => {
  test.each([
    [0, 1, 1],
    [50, 1, 0],
    [-50, 0, 1],
    [25, 1, (Math.cos((70 * Math.PI) / 180) - 0.25) / 0.3],
    [90, 1, 0],
  ])(
    'at %d° of yaw, the nose to the right of the image, the left half counts %d, the right one %d',
    (yaw, left, right) => {
      const [a, b, c, d] = triangleVisibility(roof, mesh, look(yaw));
      for (const one of [a, b]) expect(one).toBeCloseTo(left, 5);
      for (const one of [c, d]) expect(one).toBeCloseTo(right, 5);
    },
  );

  test('seen from straight ahead of a triangle, the cosine is 1; the steps can be set', () => {
    const options = { hiddenCosine: 0.5, seenCosine: 1 };
    expect(
      [...triangleVisibility(roof, mesh, look(45), options)].map((value) => Math.round(value * 1e6) / 1e6),
    ).toEqual([1, 1, 0, 0]);
  });

  test('a mirrored view sees the mirrored triangles', () => {
    fc.assert(
      fc.property(angle, angle, (yaw, pitch) => {
        const seen = triangleVisibility(roof, mesh, look(yaw, pitch));
        const mirrored = triangleVisibility(roof, mesh, look(-yaw, pitch));
        seen.forEach((value, t) => {
          expect(mirrored[mesh.mirrorTriangle[t]!]).toBeCloseTo(value, 5);
        });
      }),
    );
  });

  test('the way to the viewer is what the camera sees as a point, and the side of the nose', () => {
    fc.assert(
      fc.property(angle, angle, (yaw, pitch) => {
        const { x, y } = look(yaw, pitch);
        const to = towardsViewer({ x, y });
        const along = (row: readonly number[]) => row[0]! * to[0] + row[1]! * to[1] + row[2]! * to[2];
        expect(along(x)).toBeCloseTo(0, 9);
        expect(along(y)).toBeCloseTo(0, 9);
        expect(Math.hypot(...to)).toBeCloseTo(1, 9);
        expect(to[2]).toBeLessThanOrEqual(0);
      }),
    );
  });
});

test('a normal is across its triangle, towards the front, whichever way round the corners are', () => {
  const turned = mesh.triangles.map((_, k, all) => all[k % 3 === 0 ? k : k % 3 === 1 ? k + 1 : k - 1]!);
  const normals = frontNormals(roof, mesh.triangles);
  frontNormals(roof, turned).forEach((value, k) => {
    expect(value).toBeCloseTo(normals[k]!, 9);
  });
  const half = Math.SQRT1_2;
  [-half, 0, -half].forEach((value, k) => {
    expect(normals[k]).toBeCloseTo(value, 9);
  });
  expect([...frontNormals(roof, Uint16Array.of(0, 0, 1))]).toEqual([0, 0, 0]);
});

test('a vertex has the mean of the triangles around it', () => {
  const mean = vertexVisibility(Float32Array.of(0, 0.25, 0.5, 1), mesh);
  expect([...mean]).toEqual([0, (0 + 0.25 + 0.5 + 1) / 4, 0.5, 0.125, 0.625, 0.75]);
});
