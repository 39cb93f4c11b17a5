/** Eigenvalues, the largest first, and eigenvectors as the rows of `vectors`. */
export interface Eigen {
  readonly values: Float64Array;
  /** Shape `[n, n]`, row-major; row i belongs to value i. */
  readonly vectors: Float64Array;
}

const sweeps = 60;

/** Find all eigenvectors of a symmetric matrix, by Jacobi's rotations. */
export function symmetricEigen(matrix: Float64Array, n: number): Eigen {
  const a = Float64Array.from(matrix);
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let sweep = 0; sweep < sweeps; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const apq = a[p * n + q]!;
        off += apq * apq;
        if (apq === 0) continue;
        const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * apq);
        const tan = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const cos = 1 / Math.sqrt(tan * tan + 1);
        rotateColumns(a, { n, p, q, cos, sin: tan * cos });
        rotateRows(a, { n, p, q, cos, sin: tan * cos });
        rotateRows(v, { n, p, q, cos, sin: tan * cos });
      }
    }
    if (off < 1e-30 * (a[0]! * a[0]! + 1e-300)) break;
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[j * n + j]! - a[i * n + i]!);
  return {
    values: Float64Array.from(order, (i) => a[i * n + i]!),
    vectors: Float64Array.from(order.flatMap((i) => [...v.subarray(i * n, i * n + n)])),
  };
}

interface Rotation {
  readonly n: number;
  readonly p: number;
  readonly q: number;
  readonly cos: number;
  readonly sin: number;
}

function rotateRows(a: Float64Array, { n, p, q, cos, sin }: Rotation): void {
  for (let k = 0; k < n; k++) {
    const [x, y] = [a[p * n + k]!, a[q * n + k]!];
    a[p * n + k] = cos * x - sin * y;
    a[q * n + k] = sin * x + cos * y;
  }
}

function rotateColumns(a: Float64Array, { n, p, q, cos, sin }: Rotation): void {
  for (let k = 0; k < n; k++) {
    const [x, y] = [a[k * n + p]!, a[k * n + q]!];
    a[k * n + p] = cos * x - sin * y;
    a[k * n + q] = sin * x + cos * y;
  }
}

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
