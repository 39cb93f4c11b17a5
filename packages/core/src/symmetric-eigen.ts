/** What a symmetric matrix is made of: `A = Σ_k values[k] · v_k · v_kᵀ`, with v_k of length 1 and at right angles. */
export interface SymmetricEigen {
  /** Largest first. Shape `[size]`. */
  readonly values: Float64Array;
  /** Row k belongs to value k; its sign is any. Shape `[size, size]`, row-major. */
  readonly vectors: Float64Array;
}

/**
 * Find the eigenvalues and eigenvectors of a symmetric matrix: Householder's reflections make it tridiagonal, then QL with implicit shifts.
 *
 * @param matrix - Shape `[size, size]`; only the lower triangle is read, and nothing is changed.
 * @returns NaN everywhere, if what was read is not finite.
 * @see Golub and Van Loan, Matrix Computations, §8.3.
 */
export function symmetricEigen(matrix: Float64Array, size: number): SymmetricEigen {
  const { diagonal, beside, scale, mirrors } = tridiagonal(matrix, size);
  const rows = mirrored(mirrors, size);
  diagonalise(diagonal, beside, rows);
  const order = Uint32Array.from(diagonal.keys()).sort((i, j) => diagonal[j]! - diagonal[i]!);
  const vectors = new Float64Array(size * size);
  order.forEach((from, to) => {
    vectors.set(rows.subarray(from * size, (from + 1) * size), to * size);
  });
  if (!Number.isFinite(scale)) vectors.fill(Number.NaN);
  return { values: Float64Array.from(order, (i) => scale * diagonal[i]!), vectors };
}

/**
 * Find the eigenvalues of a symmetric matrix alone, in a fraction of the time.
 *
 * @param matrix - As of {@link symmetricEigen}.
 * @returns Largest first. Shape `[size]`.
 */
export function symmetricEigenvalues(matrix: Float64Array, size: number): Float64Array {
  const { diagonal, beside, scale } = tridiagonal(matrix, size);
  diagonalise(diagonal, beside);
  return diagonal
    .map((value) => scale * value)
    .sort()
    .reverse();
}

interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** `beside[i]` couples i and i + 1. */
  readonly beside: Float64Array;
  /** What the matrix was divided by. */
  readonly scale: number;
  /** Row c: the mirror v of column c, its elements after c, with |v|² = 2; all 0 where none was needed. Shape `[size, size]`. */
  readonly mirrors: Float64Array;
}

/** Reflect column after column onto its neighbour of the diagonal: `A ← A − v wᵀ − w vᵀ`. */
function tridiagonal(matrix: Float64Array, size: number): Tridiagonal {
  const scale = scaleOf(matrix, size);
  // the lower triangle becomes the matrix, the upper one the mirrors
  const a = matrix.map((value, k) => (k % size > Math.floor(k / size) ? 0 : value / scale));
  const beside = new Float64Array(size);
  const w = new Float64Array(size);
  for (let column = 0; column + 1 < size; column++) {
    const below = column + 1;
    const v = a.subarray(column * size, (column + 1) * size);
    let rest = 0;
    for (let i = below + 1; i < size; i++) rest += a[i * size + column]! ** 2;
    const head = a[below * size + column]!;
    beside[column] = head;
    if (rest === 0) continue;
    const length = head > 0 ? -Math.sqrt(rest + head * head) : Math.sqrt(rest + head * head);
    beside[column] = length;
    // |x − length e|² = 2 length (length − head)
    const unit = Math.sqrt(length * (length - head));
    v[below] = (head - length) / unit;
    for (let i = below + 1; i < size; i++) v[i] = a[i * size + column]! / unit;
    // w = A v − ½ (vᵀ A v) v
    w.fill(0);
    for (let i = below; i < size; i++) {
      let product = 0;
      for (let j = below; j < i; j++) {
        product += a[i * size + j]! * v[j]!;
        w[j]! += a[i * size + j]! * v[i]!;
      }
      w[i]! += product + a[i * size + i]! * v[i]!;
    }
    let along = 0;
    for (let i = below; i < size; i++) along += w[i]! * v[i]!;
    for (let i = below; i < size; i++) w[i]! -= (along / 2) * v[i]!;
    for (let i = below; i < size; i++) {
      for (let j = below; j <= i; j++) a[i * size + j]! -= v[i]! * w[j]! + w[i]! * v[j]!;
    }
  }
  return { diagonal: Float64Array.from({ length: size }, (_, i) => a[i * size + i]!), beside, scale, mirrors: a };
}

/** The power of two of the largest element, so that squares neither vanish nor overflow; NaN of what is not finite. */
function scaleOf(matrix: Float64Array, size: number): number {
  let largest = 0;
  for (let row = 0; row < size; row++) {
    for (let k = row * size; k <= row * size + row; k++) largest = Math.max(largest, Math.abs(matrix[k]!));
  }
  if (largest === Number.POSITIVE_INFINITY) return Number.NaN;
  return largest === 0 ? 1 : 2 ** Math.floor(Math.log2(largest));
}

/** The rows that the mirrors make of the identity: row i is `H_0 H_1 … e_i`. Shape `[size, size]`. */
function mirrored(mirrors: Float64Array, size: number): Float64Array {
  const rows = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    const row = rows.subarray(i * size, (i + 1) * size);
    row[i] = 1;
    // those after i leave e_i as it is
    for (let column = i - 1; column >= 0; column--) {
      const v = mirrors.subarray(column * size, (column + 1) * size);
      let along = 0;
      for (let k = column + 1; k < size; k++) along += v[k]! * row[k]!;
      if (along === 0) continue;
      for (let k = column + 1; k < size; k++) row[k]! -= along * v[k]!;
    }
  }
  return rows;
}

/** Make a tridiagonal matrix diagonal; `rows`, where given, are turned with it. */
function diagonalise(diagonal: Float64Array, beside: Float64Array, rows?: Float64Array): void {
  for (let first = 0; first < diagonal.length; first++) {
    // a neighbour that is nothing beside its diagonal splits the matrix
    for (let last = blockEnd(diagonal, beside, first); last > first; last = blockEnd(diagonal, beside, first)) {
      turn(diagonal, beside, { first, last, rows });
    }
  }
}

/** Nothing beside a matrix scaled to 1; below it no quotient is exact any more. */
const nothing = 1e-280;

/** The last row of the block that begins at `first`. */
function blockEnd(diagonal: Float64Array, beside: Float64Array, first: number): number {
  let last = first;
  while (last + 1 < diagonal.length) {
    const scale = Math.abs(diagonal[last]!) + Math.abs(diagonal[last + 1]!);
    // so written that what is not a number splits too, and comes out as it is
    if (!(Math.abs(beside[last]!) > Math.max(nothing, Number.EPSILON * scale))) break;
    last++;
  }
  return last;
}

interface Block {
  readonly first: number;
  readonly last: number;
  readonly rows: Float64Array | undefined;
}

/** One QL step: Givens rotations chase the bulge from the block's end to its first row. */
function turn(diagonal: Float64Array, beside: Float64Array, { first, last, rows }: Block): void {
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
    if (rows) rotateRows(rows, { row: i, size: diagonal.length, cos, sin });
  }
  diagonal[first]! -= shift;
  beside[first] = g;
}

/** Turn a row and the next one in their plane. */
function rotateRows(
  rows: Float64Array,
  { row, size, cos, sin }: { readonly row: number; readonly size: number; readonly cos: number; readonly sin: number },
): void {
  for (let k = row * size; k < (row + 1) * size; k++) {
    const [one, other] = [rows[k]!, rows[k + size]!];
    rows[k] = cos * one - sin * other;
    rows[k + size] = sin * one + cos * other;
  }
}
