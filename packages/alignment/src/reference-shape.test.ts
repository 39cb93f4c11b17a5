import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ibug68, landmarkMirror } from '@kith/core';
import { describe, expect, test } from 'vitest';
import { toFiducials67 } from './fiducials.ts';
import { fiducialCount, referenceShape, ringCount, ringMirror } from './reference-shape.ts';

type Vertex = readonly [x: number, y: number, z: number];
const vertex = (i: number) => [...referenceShape.subarray(3 * i, 3 * i + 3)] as unknown as Vertex;
const eye = ([from, to]: readonly [number, number], axis: number) =>
  Array.from({ length: to - from }, (_, i) => vertex(from + i)[axis]!).reduce((sum, value) => sum + value) /
  (to - from);

test('the frame: eye centres 63 mm apart about the origin, x to the person’s left, y down, z away', () => {
  expect(referenceShape.length).toBe(3 * (fiducialCount + ringCount));
  expect(eye(ibug68.leftEye, 0) - eye(ibug68.rightEye, 0)).toBeCloseTo(63, 1);
  for (const axis of [0, 1, 2]) expect(eye(ibug68.leftEye, axis) + eye(ibug68.rightEye, axis)).toBeCloseTo(0, 1);
  const [chin, noseTip, temple] = [vertex(8), vertex(30), vertex(0)];
  expect(chin[1]).toBeGreaterThan(90);
  expect(noseTip[2]).toBeLessThan(-20);
  expect(temple[2]).toBeGreaterThan(30);
});

test('the mirror image of the shape is the shape', () => {
  for (let i = 0; i < fiducialCount + ringCount; i++) {
    const other = i < fiducialCount ? landmarkMirror.deepface67[i]! : fiducialCount + ringMirror[i - fiducialCount]!;
    const [x, y, z] = vertex(other);
    expect(vertex(i)).toEqual([-x + 0, y, z]);
  }
});

test('the ring’s edge lies outside the fiducials, the forehead’s arch above the brows', () => {
  const arch = Array.from({ length: 7 }, (_, i) => vertex(fiducialCount + i));
  const edge = Array.from({ length: ringCount - 7 }, (_, i) => vertex(fiducialCount + 7 + i));
  for (const [, y, z] of arch) {
    expect(y).toBeLessThan(-30);
    expect(z).toBeGreaterThan(vertex(27)[2]);
  }
  for (const [x, y, z] of edge) {
    expect(Math.hypot(x / 75, (y - 15) / 100)).toBeGreaterThan(1.15);
    expect(z).toBeGreaterThan(0);
  }
});

const models = join(import.meta.dirname, '../../../../shared/models3d');

/** Rows of a 68-point shape as 67, by the same rule as a face's. */
function to67(at: (i: number) => Vertex | undefined): readonly (Vertex | undefined)[] {
  const z = toFiducials67({
    scheme: 'ibug68',
    points: Float32Array.from({ length: 136 }, (_, i) => at(i >> 1)?.[2] ?? 0),
  });
  const xy = toFiducials67({
    scheme: 'ibug68',
    points: Float32Array.from({ length: 136 }, (_, i) => at(i >> 1)?.[i & 1] ?? 0),
  });
  const lacks = (i: number) => (i === 62 ? !at(62) || !at(66) : !at(i > 65 ? i + 1 : i));
  return Array.from({ length: 67 }, (_, i) =>
    lacks(i) ? undefined : [xy.points[2 * i]!, xy.points[2 * i + 1]!, z.points[2 * i]!],
  );
}

/** RMS distance in mm of the reference's points from a head's, moved, tilted and scaled to lie nearest, the head's eyes being 63 mm apart. */
function distanceMm(head: readonly (Vertex | undefined)[], from: number): number {
  const used = Array.from({ length: 67 - from }, (_, i) => from + i).filter((i) => head[i]);
  const centred = (points: readonly Vertex[]) => {
    const mean = [0, 1, 2].map((k) => points.reduce((sum, point) => sum + point[k]!, 0) / points.length);
    return points.map((point) => point.map((value, k) => value - mean[k]!) as unknown as Vertex);
  };
  const eyes = (head[45]![0] + head[42]![0] - head[39]![0] - head[36]![0]) / 2;
  const theirs = centred(used.map((i) => head[i]!)).map(([x, y, z]) => [x, y, z].map((v) => (v * 63) / eyes));
  const ours = centred(used.map(vertex));
  let [along, across] = [0, 0];
  ours.forEach(([, y, z], i) => {
    along += y * theirs[i]![1]! + z * theirs[i]![2]!;
    across += y * theirs[i]![2]! - z * theirs[i]![1]!;
  });
  const [cos, sin] = [along, across].map((value) => value / Math.hypot(along, across)) as [number, number];
  const tilted = ours.flatMap(([x, y, z]) => [x, cos * y - sin * z, sin * y + cos * z]);
  const product = tilted.reduce((sum, value, i) => sum + value * theirs.flat()[i]!, 0);
  const scale = product / tilted.reduce((sum, value) => sum + value * value, 0);
  const square = tilted.reduce((sum, value, i) => sum + (scale * value - theirs.flat()[i]!) ** 2, 0);
  return Math.sqrt(square / used.length);
}

describe.skipIf(!existsSync(models))('beside other 3-D faces (needs ../shared/models3d)', () => {
  test('the inner points lie within 4 mm RMS of the Surrey mean face', () => {
    const bytes = readFileSync(join(models, 'surrey/mean.npy'));
    const header = bytes.readUInt16LE(8);
    const isDouble = bytes.toString('latin1', 10, 10 + header).includes('f8');
    const value = (i: number) =>
      isDouble ? bytes.readDoubleLE(10 + header + 8 * i) : bytes.readFloatLE(10 + header + 4 * i);
    const numbers = JSON.parse(readFileSync(join(models, 'surrey/landmarks-68.json'), 'utf8')) as Record<
      string,
      number
    >;
    const at = (i: number): Vertex | undefined => {
      const row = numbers[i + 1];
      return row === undefined ? undefined : [value(3 * row), -value(3 * row + 1), -value(3 * row + 2)];
    };
    expect(distanceMm(to67(at), 17)).toBeLessThan(4);
  });

  test('the inner points lie within 3 mm RMS of a 68-point head, all points within 5 mm', () => {
    const numbers = readFileSync(join(models, 'head-68.txt'), 'utf8').trim().split(/\s+/).map(Number);
    const head = to67((i) => [numbers[i]!, numbers[68 + i]!, numbers[136 + i]!]);
    expect(distanceMm(head, 17)).toBeLessThan(3);
    expect(distanceMm(head, 0)).toBeLessThan(5);
  });
});
