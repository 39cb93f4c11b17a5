/**
 * Find the eigenvalues of a symmetric matrix: Householder's reflections make it tridiagonal, then QL with implicit shifts.
 *
 * @param matrix - Shape `[size, size]`; only the lower triangle is read, and nothing is changed.
 * @returns Ascending. Shape `[size]`.
 * @see Golub and Van Loan, Matrix Computations, §8.3.
 */
export function symmetricEigenvalues(matrix: Float64Array, size: number): Float64Array {
  const { diagonal, beside } = tridiagonal(matrix, size);
  for (let first = 0; first < size; first++) {
    // a neighbour that is nothing beside its diagonal splits the matrix
    for (let last = blockEnd(diagonal, beside, first); last > first; last = blockEnd(diagonal, beside, first)) {
      turn(diagonal, beside, { first, last });
    }
  }
  return diagonal.sort();
}

interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** `beside[i]` couples i and i + 1. */
  readonly beside: Float64Array;
}

/** Reflect column after column onto its neighbour of the diagonal: `A ← A − v wᵀ − w vᵀ`. */
function tridiagonal(matrix: Float64Array, size: number): Tridiagonal {
  const a = matrix.slice();
  const beside = new Float64Array(size);
  const w = new Float64Array(size);
  for (let column = 0; column + 1 < size; column++) {
    const below = column + 1;
    let squares = 0;
    for (let i = below; i < size; i++) squares += a[i * size + column]! ** 2;
    const head = a[below * size + column]!;
    const length = head > 0 ? -Math.sqrt(squares) : Math.sqrt(squares);
    beside[column] = length;
    if (squares - head * head <= 0) {
      beside[column] = head;
      continue;
    }
    // v is kept in the column itself; |v|² = 2 (|x|² − head length)
    a[below * size + column] = head - length;
    const half = squares - head * length;
    let along = 0;
    for (let i = below; i < size; i++) {
      let product = 0;
      for (let j = below; j <= i; j++) product += a[i * size + j]! * a[j * size + column]!;
      for (let j = i + 1; j < size; j++) product += a[j * size + i]! * a[j * size + column]!;
      w[i] = product / half;
      along += w[i]! * a[i * size + column]!;
    }
    for (let i = below; i < size; i++) w[i]! -= (along / (2 * half)) * a[i * size + column]!;
    for (let i = below; i < size; i++) {
      for (let j = below; j <= i; j++) {
        a[i * size + j]! -= a[i * size + column]! * w[j]! + w[i]! * a[j * size + column]!;
      }
    }
  }
  return { diagonal: Float64Array.from({ length: size }, (_, i) => a[i * size + i]!), beside };
}

/** The last row of the block that begins at `first`. */
function blockEnd(diagonal: Float64Array, beside: Float64Array, first: number): number {
  let last = first;
  while (last + 1 < diagonal.length) {
    const scale = Math.abs(diagonal[last]!) + Math.abs(diagonal[last + 1]!);
    // so written that what is not a number splits too, and comes out as it is
    if (!(Math.abs(beside[last]!) > Number.EPSILON * scale)) break;
    last++;
  }
  return last;
}

/** One QL step: Givens rotations chase the bulge from the block's end to its first row. */
function turn(diagonal: Float64Array, beside: Float64Array, { first, last }: Record<'first' | 'last', number>): void {
  const half = (diagonal[first + 1]! - diagonal[first]!) / (2 * beside[first]!);
  const root = Math.hypot(half, 1);
  let g = diagonal[last]! - diagonal[first]! + beside[first]! / (half + (half < 0 ? -root : root));
  let [cos, sin, shift] = [1, 1, 0];
  for (let i = last - 1; i >= first; i--) {
    const [f, b] = [sin * beside[i]!, cos * beside[i]!];
    const radius = Math.hypot(f, g);
    if (i + 1 < last) beside[i + 1] = radius;
    if (radius === 0) {
      diagonal[i + 1]! -= shift;
      return;
    }
    [sin, cos] = [f / radius, g / radius];
    g = diagonal[i + 1]! - shift;
    const next = (diagonal[i]! - g) * sin + 2 * cos * b;
    shift = sin * next;
    diagonal[i + 1] = g + shift;
    g = cos * next - b;
  }
  diagonal[first]! -= shift;
  beside[first] = g;
}
