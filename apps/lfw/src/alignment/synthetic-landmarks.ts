import { createLandmarks, type Landmarks, type Point } from '@kith/core';
import { projectPoints, type View } from './render-head.ts';
import type { SurreyModel } from './surrey-model.ts';
import { unroll } from './synthetic-paint.ts';

/** A place on a mesh: shares of three vertices. */
interface MeshPlace {
  readonly vertices: readonly [number, number, number];
  readonly shares: readonly [number, number, number];
}

/** Places along a line over the skin, from the face's middle outwards, and the way it goes as seen from the front. */
interface Ray {
  readonly places: readonly MeshPlace[];
  readonly direction: Point;
}

/** Finds the 68 points of a model's heads. */
export interface SyntheticLandmarks {
  /** Points as a detector would mark them, without error, px. */
  locate(shape: Float64Array, view: View): Landmarks;
}

/** Where the jaw line begins: the height of the eyes and a little below, as `ibug68`'s points 0 and 16 lie, in mm of the mean face. */
const belowEyesMm = 4;
const placesOfRay = 30;

/** The share of a mouth's width that the inner corners, which the model does not name, lie inside the outer ones. */
const innerCorner = 0.04;

/**
 * Prepare the landmarks of a model: 49 are vertices that it names, two more are made of these, and the jaw's 17 are found as detectors
 * do, on the outline that the picture shows. From the base of the nose a line goes over the skin to each of 17 even places along the
 * jaw; of the line's places, the landmark is the one farthest out the way the line goes from the front. So it lies on the jaw
 * where that is the outline, and on the cheek's edge where the jaw is hidden behind it.
 */
export function syntheticLandmarks(model: SurreyModel): SyntheticLandmarks {
  const { landmarkVertices } = model;
  const rays = jawRays(model);
  const innerCorners = [
    [60, 48, 54],
    [64, 54, 48],
  ] as const;
  return {
    locate(shape, view) {
      const projected = projectPoints(shape, view);
      const points = new Float32Array(136);
      landmarkVertices.forEach((vertex, number) => {
        if (vertex >= 0) points.set(projected.subarray(3 * vertex, 3 * vertex + 2), 2 * number);
      });
      for (const [number, corner, other] of innerCorners) {
        for (const axis of [0, 1]) {
          const from = points[2 * corner + axis]!;
          points[2 * number + axis] = from + innerCorner * (points[2 * other + axis]! - from);
        }
      }
      for (const [number, ray] of rays.entries()) points.set(outermost(ray, projected, view), 2 * number);
      return createLandmarks('ibug68', points);
    },
  };
}

function outermost({ places, direction: [dx, dy] }: Ray, projected: Float64Array, { rollDegrees }: View): Point {
  const [cos, sin] = [Math.cos((rollDegrees * Math.PI) / 180), Math.sin((rollDegrees * Math.PI) / 180)];
  const [wx, wy] = [cos * dx - sin * dy, sin * dx + cos * dy];
  let best: Point = [0, 0];
  let farthest = Number.NEGATIVE_INFINITY;
  for (const { vertices, shares } of places) {
    const at = (axis: number) => shares.reduce((sum, share, k) => sum + share * projected[3 * vertices[k]! + axis]!, 0);
    const [x, y] = [at(0), at(1)];
    if (x * wx + y * wy <= farthest) continue;
    farthest = x * wx + y * wy;
    best = [x, y];
  }
  return best;
}

/** Lines over the mean face, straight on its unrolled skin. */
function jawRays(model: SurreyModel): readonly Ray[] {
  const { mean, landmarkVertices } = model;
  const vertex = (i: number) => [mean[3 * i]!, mean[3 * i + 1]!, mean[3 * i + 2]!] as const;
  const start = vertex(landmarkVertices[33]!);
  const from = unroll(...start);
  return jawPlaces(model).map((target): Ray => {
    const to = unroll(...target);
    const places: MeshPlace[] = [];
    for (let k = 0; k < placesOfRay; k++) {
      // the inner third is nowhere the outline
      const share = 1 / 3 + ((2 / 3) * k) / (placesOfRay - 1);
      const place = placeOn(model, [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])]);
      if (place) places.push(place);
    }
    const [dx, dy] = [target[0] - start[0], target[1] - start[1]];
    return { places, direction: [dx / Math.hypot(dx, dy), dy / Math.hypot(dx, dy)] };
  });
}

type Place = readonly [x: number, y: number, z: number];

/** Seventeen places along the jaw, evenly from below the eyes to the chin on each side. */
function jawPlaces({ mean, jaw, landmarkVertices }: SurreyModel): readonly Place[] {
  const top = mean[3 * landmarkVertices[36]! + 1]! + belowEyesMm;
  const line = jaw.map((i): Place => [mean[3 * i]!, mean[3 * i + 1]!, mean[3 * i + 2]!]).filter(([, y]) => y >= top);
  const chin = line.findIndex(([x, y]) => Math.abs(x) < 3 && y > 0);
  const right = evenly(line.slice(0, chin + 1));
  const left = evenly(line.slice(chin).toReversed());
  return [...right, ...left.toReversed().slice(1)];
}

/** Nine places at even steps along a line. */
function evenly(line: readonly Place[]): readonly Place[] {
  const along = [0];
  for (let i = 1; i < line.length; i++) {
    along.push(along[i - 1]! + Math.hypot(...line[i]!.map((value, k) => value - line[i - 1]![k]!)));
  }
  return Array.from({ length: 9 }, (_, k) => {
    const want = (along.at(-1)! * k) / 8;
    const after = Math.max(
      1,
      along.findIndex((length) => length >= want - 1e-9),
    );
    const share = (want - along[after - 1]!) / (along[after]! - along[after - 1]!);
    return line[after]!.map((value, axis) => {
      const before = line[after - 1]![axis]!;
      return before + share * (value - before);
    }) as unknown as Place;
  });
}

/** The triangle of the unrolled mean face that holds a point. */
function placeOn({ mean, triangles }: SurreyModel, [x, y]: Point): MeshPlace | undefined {
  for (let t = 0; t < triangles.length; t += 3) {
    const vertices = [triangles[t]!, triangles[t + 1]!, triangles[t + 2]!] as const;
    const [[ax, ay], [bx, by], [cx, cy]] = vertices.map((i) =>
      unroll(mean[3 * i]!, mean[3 * i + 1]!, mean[3 * i + 2]!),
    ) as [Point, Point, Point];
    const area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
    const b = ((x - ax) * (cy - ay) - (cx - ax) * (y - ay)) / area;
    const c = ((bx - ax) * (y - ay) - (x - ax) * (by - ay)) / area;
    if (b >= -1e-6 && c >= -1e-6 && b + c <= 1 + 1e-6) return { vertices, shares: [1 - b - c, b, c] };
  }
  return undefined;
}
