import { expect, test } from 'vitest';
import { faceMesh } from './face-mesh.ts';
import { fiducialCount, referenceShape, ringCount } from './reference-shape.ts';

const { triangles, mirrorVertex, mirrorTriangle } = faceMesh;
const vertexCount = fiducialCount + ringCount;
const x = (vertex: number) => referenceShape[3 * vertex]!;
const y = (vertex: number) => referenceShape[3 * vertex + 1]!;
const corners = (t: number) => [triangles[3 * t]!, triangles[3 * t + 1]!, triangles[3 * t + 2]!] as const;
const all = Array.from({ length: triangles.length / 3 }, (_, t) => t);

/** Twice the area, in mm²; above 0 when clockwise in an image. */
function turn(a: number, b: number, c: number): number {
  return (x(b) - x(a)) * (y(c) - y(a)) - (y(b) - y(a)) * (x(c) - x(a));
}

/** Edges that one triangle alone has, as from -> to. */
function boundary(): ReadonlyMap<number, number> {
  const edges = all.map(corners).flatMap(([a, b, c]) => [`${a} ${b}`, `${b} ${c}`, `${c} ${a}`]);
  expect(new Set(edges).size).toBe(edges.length);
  const has = new Set(edges);
  return new Map(
    edges
      .map((edge) => edge.split(' ').map(Number) as [number, number])
      .filter(([from, to]) => !has.has(`${to} ${from}`)),
  );
}

test('every vertex is used, and the triangles are all that a triangulation can have', () => {
  expect(new Set(triangles).size).toBe(vertexCount);
  // Euler: 2n − 2 − h
  expect(all.length).toBe(2 * vertexCount - 2 - boundary().size);
});

test('triangles wind one way and none is a sliver', () => {
  for (const t of all) expect(-turn(...corners(t)) / 2).toBeGreaterThan(1);
});

test('areas add up to that of the hull, whose edge is of the ring alone', () => {
  const next = boundary();
  let [area, steps] = [0, 0];
  const [start] = next.keys();
  for (let from = start!; steps < next.size; from = next.get(from)!, steps++) {
    const to = next.get(from)!;
    expect(from).toBeGreaterThanOrEqual(fiducialCount);
    expect(turn(from, to, next.get(to)!)).toBeLessThan(0);
    area -= x(from) * y(to) - x(to) * y(from);
  }
  expect(all.reduce((sum, t) => sum - turn(...corners(t)), 0)).toBeCloseTo(area, 6);
});

test('no vertex lies inside the circle of a triangle', () => {
  for (const t of all) {
    const [a, b, c] = corners(t);
    for (let d = 0; d < vertexCount; d++) {
      const rows = [a, b, c].map((v) => [x(v) - x(d), y(v) - y(d), (x(v) - x(d)) ** 2 + (y(v) - y(d)) ** 2] as const);
      const [[p, q, r], [s, u, v], [e, f, g]] = rows as [(typeof rows)[0], (typeof rows)[0], (typeof rows)[0]];
      const determinant = p * (u * g - v * f) - q * (s * g - v * e) + r * (s * f - u * e);
      // counter-clockwise with y down: inside is below 0
      expect(determinant).toBeGreaterThan(-1e-6 * Math.abs(turn(a, b, c)) ** 2);
    }
  }
});

test('the mirror of a vertex lies across the middle, and the mirror of a triangle is of the mirrors of its vertices', () => {
  for (let i = 0; i < vertexCount; i++) {
    expect(mirrorVertex[mirrorVertex[i]!]).toBe(i);
    expect(x(mirrorVertex[i]!)).toBe(-x(i) + 0);
    expect(y(mirrorVertex[i]!)).toBe(y(i));
  }
  for (const t of all) {
    expect(mirrorTriangle[mirrorTriangle[t]!]).toBe(t);
    const mirrored = corners(t).map((vertex) => mirrorVertex[vertex]);
    expect(new Set(corners(mirrorTriangle[t]!))).toEqual(new Set(mirrored));
  }
});
