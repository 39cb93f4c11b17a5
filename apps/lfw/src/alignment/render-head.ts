import { cameraOf, type Pose } from '@kith/alignment';
import { type Image, type Point, shrink } from '@kith/core';
import type { Skin } from './synthetic-paint.ts';

/** How a head is looked at; `pxPerMm` is at the origin's distance. */
export interface View extends Pose {
  /** Where the origin falls in px. */
  readonly middle: Point;
  /** How far the camera is from the origin in mm; endless by default, so that nothing shrinks behind. */
  readonly distanceMm?: number;
}

/** A head to draw. */
export interface Head {
  /** mm. Shape `[vertices, 3]`. */
  readonly shape: Float64Array;
  /** Shape `[triangles, 3]`. */
  readonly triangles: Uint32Array;
  readonly skin: Skin;
}

/** Samples a side of a pixel. */
const samplesPerSide = 2;

/** Where the light comes from, seen from the head: from the person's left, above and before; it turns with the head. */
const light = { direction: normalized([0.75, -0.35, -0.6]), ambient: 0.45 };

const backdrop = { top: 150, bottom: 95 };

/**
 * Project points.
 *
 * @param points - mm. Shape `[n, 3]`.
 * @returns px, px, and the depth in mm, growing away from the viewer. Shape `[n, 3]`.
 */
export function projectPoints(points: Float64Array, view: View): Float64Array {
  const { pxPerMm, middle, distanceMm = Number.POSITIVE_INFINITY } = view;
  const { x: right, y: down } = cameraOf({ ...view, pxPerMm: 1, middle: [0, 0] });
  const away = [
    right[1] * down[2] - right[2] * down[1],
    right[2] * down[0] - right[0] * down[2],
    right[0] * down[1] - right[1] * down[0],
  ] as const;
  const out = new Float64Array(points.length);
  for (let i = 0; i < points.length; i += 3) {
    const [x, y, z] = [points[i]!, points[i + 1]!, points[i + 2]!];
    const depth = away[0] * x + away[1] * y + away[2] * z;
    const scale = pxPerMm / (1 + depth / distanceMm);
    out[i] = middle[0] + scale * (right[0] * x + right[1] * y + right[2] * z);
    out[i + 1] = middle[1] + scale * (down[0] * x + down[1] * y + down[2] * z);
    out[i + 2] = depth;
  }
  return out;
}

/** Draw a head with a depth buffer, smooth shading and four samples a pixel, before a grey wall. */
export function renderHead(head: Head, { sidePx, ...view }: View & { readonly sidePx: number }): Image {
  const side = sidePx * samplesPerSide;
  const half = (samplesPerSide - 1) / 2;
  const projected = projectPoints(head.shape, {
    ...view,
    pxPerMm: view.pxPerMm * samplesPerSide,
    middle: [view.middle[0] * samplesPerSide + half, view.middle[1] * samplesPerSide + half],
  });
  const shades = shadesOf(head);
  const data = wall(side);
  const depths = new Float32Array(side * side).fill(Number.POSITIVE_INFINITY);
  for (let t = 0; t < head.triangles.length; t += 3) {
    drawTriangle({ head, projected, shades, side, data, depths }, head.triangles.subarray(t, t + 3));
  }
  return shrink({ width: side, height: side, data }, sidePx).image;
}

interface Canvas {
  readonly head: Head;
  readonly projected: Float64Array;
  readonly shades: Float64Array;
  readonly side: number;
  readonly data: Uint8Array;
  readonly depths: Float32Array;
}

function drawTriangle({ head, projected, shades, side, data, depths }: Canvas, corners: Uint32Array): void {
  const [a, b, c] = [corners[0]!, corners[1]!, corners[2]!];
  const at = (vertex: number, axis: number) => projected[3 * vertex + axis]!;
  const [ax, ay, bx, by, cx, cy] = [at(a, 0), at(a, 1), at(b, 0), at(b, 1), at(c, 0), at(c, 1)];
  const area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
  if (area === 0) return;
  const { places, image } = head.skin;
  const between = (of: Float64Array, stride: number, axis: number, wa: number, wb: number, wc: number) =>
    wa * of[stride * a + axis]! + wb * of[stride * b + axis]! + wc * of[stride * c + axis]!;
  for (let v = Math.max(0, Math.ceil(Math.min(ay, by, cy))); v <= Math.min(side - 1, Math.max(ay, by, cy)); v++) {
    for (let u = Math.max(0, Math.ceil(Math.min(ax, bx, cx))); u <= Math.min(side - 1, Math.max(ax, bx, cx)); u++) {
      const wb = ((u - ax) * (cy - ay) - (cx - ax) * (v - ay)) / area;
      const wc = ((bx - ax) * (v - ay) - (u - ax) * (by - ay)) / area;
      const wa = 1 - wb - wc;
      if (wa < -1e-9 || wb < -1e-9 || wc < -1e-9) continue;
      const depth = between(projected, 3, 2, wa, wb, wc);
      const pixel = v * side + u;
      if (depth >= depths[pixel]!) continue;
      depths[pixel] = depth;
      const shade = between(shades, 1, 0, wa, wb, wc);
      const from = texel(image, between(places, 2, 0, wa, wb, wc), between(places, 2, 1, wa, wb, wc));
      for (let k = 0; k < 3; k++) data[3 * pixel + k] = Math.min(255, image.data[from + k]! * shade + 0.5);
    }
  }
}

/** The nearest pixel's index; the skin is painted much finer than it is seen. */
function texel({ width, height }: Image, x: number, y: number): number {
  const u = Math.min(width - 1, Math.max(0, Math.round(x)));
  const v = Math.min(height - 1, Math.max(0, Math.round(y)));
  return (v * width + u) * 3;
}

/** How bright each vertex is, by the mean normal of the triangles around it. Shape `[vertices]`. */
function shadesOf({ shape, triangles }: Head): Float64Array {
  const normals = new Float64Array(shape.length);
  for (let t = 0; t < triangles.length; t += 3) {
    const corners = [triangles[t]! * 3, triangles[t + 1]! * 3, triangles[t + 2]! * 3] as const;
    const [i, j, k] = corners;
    const e = [0, 1, 2].map((axis) => shape[j + axis]! - shape[i + axis]!);
    const f = [0, 1, 2].map((axis) => shape[k + axis]! - shape[i + axis]!);
    const normal = [e[1]! * f[2]! - e[2]! * f[1]!, e[2]! * f[0]! - e[0]! * f[2]!, e[0]! * f[1]! - e[1]! * f[0]!];
    for (const corner of corners) for (let axis = 0; axis < 3; axis++) normals[corner + axis]! += normal[axis]!;
  }
  return Float64Array.from({ length: shape.length / 3 }, (_, i) => {
    const [x, y, z] = normalized([normals[3 * i]!, normals[3 * i + 1]!, normals[3 * i + 2]!]);
    const lit = Math.max(0, x * light.direction[0] + y * light.direction[1] + z * light.direction[2]);
    return light.ambient + (1.1 - light.ambient) * lit;
  });
}

function wall(side: number): Uint8Array {
  const data = new Uint8Array(side * side * 3);
  const row = side * 3;
  for (let v = 0; v < side; v++) {
    data.fill(Math.round(backdrop.top + ((backdrop.bottom - backdrop.top) * v) / side), v * row, (v + 1) * row);
  }
  return data;
}

function normalized([x, y, z]: readonly [number, number, number]): readonly [number, number, number] {
  const length = Math.hypot(x, y, z) || 1;
  return [x / length, y / length, z / length];
}
