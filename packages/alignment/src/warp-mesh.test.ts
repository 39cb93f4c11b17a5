import { type Affine, createRandom, type Image, randomInteger, transformPoint, warpAffine } from '@kith/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { warpMesh } from './warp-mesh.ts';
import { pixelsOfMesh } from './warp-mesh-pixels.ts';

function noise(width: number, height: number, seed: number): Image {
  const random = createRandom(seed);
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, () => randomInteger(random, 256)) };
}

const cells = 4;

/** The vertices of a grid of `cells` × `cells` squares that fills a frame, each moved by up to a share of a square. */
function grid({ width, height }: { width: number; height: number }, jitter = 0, seed = 1): Float64Array {
  const random = createRandom(seed);
  const vertices = [];
  for (let j = 0; j <= cells; j++) {
    for (let i = 0; i <= cells; i++) {
      vertices.push(((i + jitter * (random() - 0.5)) * width) / cells - 1);
      vertices.push(((j + jitter * (random() - 0.5)) * height) / cells - 1);
    }
  }
  return Float64Array.from(vertices);
}

/** Two triangles a square, with the one diagonal or the other. */
const gridTriangles = Uint16Array.from(
  Array.from({ length: cells * cells }, (_, at) => {
    const i = Math.floor(at / cells) * (cells + 1) + (at % cells);
    const [a, b, c, d] = [i, i + 1, i + cells + 1, i + cells + 2];
    return at % 2 === 0 ? [a, b, c, b, d, c] : [a, b, d, a, d, c];
  }).flat(),
);

const corners = (vertices: Float64Array, triangles: Uint16Array, t: number) =>
  [0, 1, 2].map((k) => {
    const i = triangles[3 * t + k]!;
    return [vertices[2 * i]!, vertices[2 * i + 1]!] as const;
  });

/** Shares of a triangle's corners in a point. */
function barycentric(triangle: readonly (readonly [number, number])[], x: number, y: number): readonly number[] {
  const [[ax, ay], [bx, by], [cx, cy]] = triangle as [[number, number], [number, number], [number, number]];
  const area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
  const b = ((x - ax) * (cy - ay) - (cx - ax) * (y - ay)) / area;
  const c = ((bx - ax) * (y - ay) - (x - ax) * (by - ay)) / area;
  return [1 - b - c, b, c];
}

/** Bilinear value by the definition: every pixel near counts by its tent, and there is nothing beyond the frame. */
function bilinear({ width, height, data }: Image, x: number, y: number, channel: number): number {
  let sum = 0;
  for (let py = Math.floor(y); py <= Math.floor(y) + 1; py++) {
    for (let px = Math.floor(x); px <= Math.floor(x) + 1; px++) {
      if (px < 0 || py < 0 || px >= width || py >= height) continue;
      sum += (1 - Math.abs(px - x)) * (1 - Math.abs(py - y)) * data[(py * width + px) * 3 + channel]!;
    }
  }
  return sum;
}

/** All triangles that hold a point, and where each leads it. */
function placesOf(target: Float64Array, source: Float64Array, triangles: Uint16Array, u: number, v: number) {
  const places: (readonly [number, number])[] = [];
  for (let t = 0; t < triangles.length / 3; t++) {
    const shares = barycentric(corners(target, triangles, t), u, v);
    if (!shares.every((share) => share > -1e-9)) continue;
    const from = corners(source, triangles, t);
    places.push([0, 1].map((axis) => shares.reduce((sum, share, k) => sum + share * from[k]![axis]!, 0)) as never);
  }
  return places;
}

describe('which triangle a pixel belongs to', () => {
  test('a mesh over the whole frame leaves no pixel out, and each in a triangle that holds its centre', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), (seed, w, h) => {
        const vertices = grid({ width: w + 1, height: h + 1 }, 0.4, seed);
        // the frame's own corners stay
        for (let i = 0; i < vertices.length; i += 2) {
          if (vertices[i]! < w / (2 * cells) - 1) vertices[i] = -1;
          if (vertices[i]! > w - w / (2 * cells)) vertices[i] = w;
          if (vertices[i + 1]! < h / (2 * cells) - 1) vertices[i + 1] = -1;
          if (vertices[i + 1]! > h - h / (2 * cells)) vertices[i + 1] = h;
        }
        const { triangleOf } = pixelsOfMesh(vertices, { triangles: gridTriangles, width: w, height: h });
        triangleOf.forEach((t, at) => {
          expect(t).toBeGreaterThanOrEqual(0);
          const shares = barycentric(corners(vertices, gridTriangles, t), at % w, Math.floor(at / w));
          expect(Math.min(...shares)).toBeGreaterThan(-1e-9);
        });
      }),
      { numRuns: 50 },
    );
  });

  test('each pixel of a mesh is in exactly one triangle, also with vertices and sides on pixel centres', () => {
    const vertices = grid({ width: 16, height: 16 });
    const painted = new Uint8Array(256);
    for (let t = 0; t < gridTriangles.length / 3; t++) {
      const triangles = gridTriangles.subarray(3 * t, 3 * t + 3);
      pixelsOfMesh(vertices, { triangles, width: 16, height: 16 }).triangleOf.forEach((one, at) => {
        painted[at]! += one === 0 ? 1 : 0;
      });
    }
    // the grid begins at -1 and ends at 15, where the next would begin
    expect(painted.every((times, at) => times === (at % 16 < 15 && at < 240 ? 1 : 0))).toBe(true);
  });

  test('the last in order is on top', () => {
    const vertices = Float64Array.of(-1, -1, 9, -1, -1, 9);
    const both = Uint16Array.of(0, 1, 2, 0, 2, 1);
    const paint = (order?: Uint16Array) =>
      pixelsOfMesh(vertices, { triangles: both, width: 3, height: 3, ...(order && { order }) }).triangleOf[0];
    expect([paint(), paint(Uint16Array.of(1, 0)), paint(Uint16Array.of(0)), paint(new Uint16Array())]).toEqual([
      1, 0, 0, -1,
    ]);
  });
});

describe('warping a mesh', () => {
  test('gives what a loop over pixels and triangles gives', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0.2, max: 0.9, noNaN: true }), (seed, scale) => {
        const image = noise(31, 23, seed);
        const size = { width: 24, height: 20 };
        const target = grid(size, 0.3, seed);
        // not shrunk, so one sample a pixel; partly beyond the photo
        const source = grid({ width: 24 * scale, height: 20 * scale }, 0.1, seed + 1).map((value) => value - 0.7);
        const { image: warped, beyondPx } = warpMesh(image, { target, source, triangles: gridTriangles, ...size });
        let beyond = 0;
        for (let at = 0; at < 24 * 20; at++) {
          const places = placesOf(target, source, gridTriangles, at % 24, Math.floor(at / 24));
          for (let channel = 0; channel < 3; channel++) {
            const got = warped.data[3 * at + channel]!;
            const expected = places.map(([x, y]) => bilinear(image, x, y, channel));
            const least = Math.min(...(expected.length > 0 ? expected : [0]).map((value) => Math.abs(value - got)));
            expect(least).toBeLessThanOrEqual(1);
          }
          if (places.some(([x, y]) => x < -0.5 || y < -0.5 || x >= 30.5 || y >= 22.5)) beyond++;
        }
        expect(Math.abs(beyondPx - beyond)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 40 },
    );
  });

  test('the identity changes nothing inside the mesh', () => {
    const image = noise(21, 17, 2);
    const vertices = grid({ width: 22, height: 18 }, 0.3, 4);
    const {
      image: warped,
      pixels,
      beyondPx,
    } = warpMesh(image, {
      target: vertices,
      source: vertices,
      triangles: gridTriangles,
      ...{ width: 21, height: 17 },
    });
    expect(beyondPx).toBe(0);
    pixels.triangleOf.forEach((t, at) => {
      const expected = t < 0 ? [0, 0, 0] : [...image.data.subarray(3 * at, 3 * at + 3)];
      expect([...warped.data.subarray(3 * at, 3 * at + 3)]).toEqual(expected);
    });
  });

  test.each([0.5, 1, 1.4, 2, 3.3, 7])(
    'one similarity for all vertices is the affine warp of core, at scale %d',
    (scale) => {
      const image = noise(90, 80, 3);
      const [cos, sin] = [Math.cos(0.4) * scale, Math.sin(0.4) * scale];
      const toImage: Affine = { a: cos, b: -sin, c: 30, d: sin, e: cos, f: 6 };
      const size = { width: 26, height: 22 };
      const target = grid(size, 0.5, 6);
      const source = new Float64Array(target.length);
      for (let i = 0; i < target.length; i += 2) {
        source.set(transformPoint(toImage, [target[i]!, target[i + 1]!]), i);
      }
      const { image: warped, pixels } = warpMesh(image, { target, source, triangles: gridTriangles, ...size });
      const expected = warpAffine(image, toImage, size);
      pixels.triangleOf.forEach((t, at) => {
        if (t < 0) return;
        for (let channel = 0; channel < 3; channel++) {
          expect(Math.abs(warped.data[3 * at + channel]! - expected.data[3 * at + channel]!)).toBeLessThanOrEqual(1);
        }
      });
    },
  );

  test('shrinking one way alone averages that way alone', () => {
    const image = noise(40, 10, 5);
    const target = Float64Array.of(-1, -1, 30, -1, -1, 30);
    const source = target.map((value, i) => (i % 2 === 0 ? 4 * value + 1.5 : value));
    const { image: warped } = warpMesh(image, {
      target,
      source,
      triangles: Uint16Array.of(0, 1, 2),
      width: 10,
      height: 10,
    });
    let sum = 0;
    for (let x = 12; x < 16; x++) sum += image.data[(5 * 40 + x) * 3]!;
    expect(Math.abs(warped.data[(5 * 10 + 3) * 3]! - sum / 4)).toBeLessThanOrEqual(0.51);
  });

  test('beyond the photo lies black, and is counted', () => {
    const target = Float64Array.of(-1, -1, 20, -1, -1, 20);
    const source = target.map((value) => value - 100);
    const mesh = { target, source, triangles: Uint16Array.of(0, 1, 2) };
    const { image, beyondPx } = warpMesh(noise(4, 4, 6), { ...mesh, width: 5, height: 5 });
    expect([beyondPx, Math.max(...image.data)]).toEqual([25, 0]);
  });

  test('whatever the places and sizes, it gives a picture of the size asked', () => {
    const coordinate = fc.oneof(
      fc.double({ min: -20, max: 40, noNaN: true }),
      fc.integer({ min: -3, max: 20 }),
      fc.constantFrom(1e9, -1e9, 1e300, -1e300, 0),
    );
    const places = fc.array(coordinate, { minLength: 12, maxLength: 12 }).map((list) => Float64Array.from(list));
    const side = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(places, places, side, side, side, side, (target, source, w, h, width, height) => {
        const triangles = Uint16Array.of(0, 1, 2, 3, 4, 5, 0, 0, 1, 2, 4, 1);
        const { image, beyondPx } = warpMesh(noise(w, h, 7), { target, source, triangles, width, height });
        expect(image.data).toHaveLength(width * height * 3);
        expect(beyondPx).toBeLessThanOrEqual(width * height);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['a target that is not finite', { target: Float64Array.of(0, 0, 1, Number.NaN, 0, 1) }, 'LANDMARKS_DEGENERATE'],
    [
      'a source that is not finite',
      { source: Float64Array.of(0, 0, 1, 0, 0, Number.POSITIVE_INFINITY) },
      'LANDMARKS_DEGENERATE',
    ],
    ['a vertex too many', { target: new Float64Array(8) }, 'USAGE'],
    ['a triangle of a vertex that is not there', { triangles: Uint16Array.of(0, 1, 3) }, 'USAGE'],
  ])('refuses %s', (_, bad, code) => {
    const good = Float64Array.of(0, 0, 1, 0, 0, 1);
    const options = { target: good, source: good, triangles: Uint16Array.of(0, 1, 2), width: 2, height: 2 };
    expect(() => warpMesh(noise(2, 2, 8), { ...options, ...bad })).toThrow(expect.objectContaining({ code }));
  });
});
