/**
 * Solve a small square system by elimination with pivots.
 *
 * @param matrix - Shape `[n, n]`, row-major.
 * @throws {RangeError} When it is singular.
 */
export function solveSmall(matrix: ArrayLike<number>, right: ArrayLike<number>): Float64Array {
  const n = right.length;
  const a = Float64Array.from(matrix);
  const x = Float64Array.from(right);
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column + 1; row < n; row++) {
      if (Math.abs(a[row * n + column]!) > Math.abs(a[pivot * n + column]!)) pivot = row;
    }
    if (!(Math.abs(a[pivot * n + column]!) > 0)) throw new RangeError(`A system of ${n} unknowns is singular.`);
    for (let k = 0; k < n; k++) {
      [a[column * n + k], a[pivot * n + k]] = [a[pivot * n + k]!, a[column * n + k]!];
    }
    [x[column], x[pivot]] = [x[pivot]!, x[column]!];
    for (let row = 0; row < n; row++) {
      if (row === column) continue;
      const factor = a[row * n + column]! / a[column * n + column]!;
      for (let k = column; k < n; k++) a[row * n + k]! -= factor * a[column * n + k]!;
      x[row]! -= factor * x[column]!;
    }
  }
  return x.map((value, i) => value / a[i * n + i]!);
}
