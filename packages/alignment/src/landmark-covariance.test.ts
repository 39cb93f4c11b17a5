import { landmarkMirror } from '@kith/core';
import { expect, test } from 'vitest';
import { landmarkCovariance } from './landmark-covariance.ts';

const mirror = landmarkMirror.deepface67;
const { lower } = landmarkCovariance;

/** Σ = L·Lᵀ at one row and column. */
function covariance(row: number, column: number): number {
  let sum = 0;
  for (let k = 0; k <= Math.min(row, column); k++) sum += lower[row * 134 + k]! * lower[column * 134 + k]!;
  return sum;
}

test('of points trusts both sides of the face alike', () => {
  const largest = Math.max(...Array.from({ length: 134 }, (_, i) => covariance(i, i)));
  for (let row = 0; row < 134; row++) {
    for (let column = 0; column <= row; column++) {
      const sign = row % 2 === column % 2 ? 1 : -1;
      const [otherRow, otherColumn] = [row, column].map((at) => 2 * mirror[at >> 1]! + (at % 2));
      expect(Math.abs(covariance(row, column) - sign * covariance(otherRow!, otherColumn!))).toBeLessThan(
        0.01 * largest,
      );
    }
  }
});

test('trusts the jaw less than the eyes, and no coordinate wholly', () => {
  const meanVariance = (from: number, to: number) => {
    let sum = 0;
    for (let i = 2 * from; i < 2 * to; i++) sum += covariance(i, i);
    return sum / (2 * (to - from));
  };
  expect(meanVariance(0, 17)).toBeGreaterThan(1.25 * meanVariance(36, 48));
  for (let i = 0; i < 134; i++) expect(lower[i * 134 + i]).toBeGreaterThan(0.05);
});
