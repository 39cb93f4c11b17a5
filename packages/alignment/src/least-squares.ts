import { cholesky, solveLower, solveLowerTransposed } from './cholesky.ts';

/**
 * Make the matrix that takes observations to the parameters of least rᵀ·Σ⁻¹·r, where r = observations − X·parameters: (XᵀΣ⁻¹X)⁻¹XᵀΣ⁻¹.
 *
 * With Σ = L·Lᵀ this is ordinary least squares on L⁻¹·X and L⁻¹·observations, done once for all observations to come.
 *
 * @param design - X. Shape `[rows, columns]`, row-major.
 * @param lower - L. Shape `[rows, rows]`, row-major; left out, Σ is the identity.
 * @returns Shape `[columns, rows]`, row-major.
 * @throws {FaceError} `LANDMARKS_DEGENERATE` when the columns of X depend on each other.
 * @see Aitken, On least squares and linear combinations of observations, 1935.
 */
export function leastSquaresEstimator(
  design: Float64Array,
  { columns, lower }: { readonly columns: number; readonly lower?: Float64Array | undefined },
): Float64Array {
  const rows = design.length / columns;
  // Σ⁻¹·X, and its transpose
  const weighted = lower ? solveLowerTransposed(lower, solveLower(lower, design, { n: rows }), { n: rows }) : design;
  const weightedRows = new Float64Array(columns * rows);
  for (let i = 0; i < weighted.length; i++) weightedRows[(i % columns) * rows + Math.floor(i / columns)] = weighted[i]!;
  // XᵀΣ⁻¹X
  const normal = new Float64Array(columns * columns);
  for (let one = 0; one < columns; one++) {
    for (let other = 0; other < columns; other++) {
      for (let row = 0; row < rows; row++) {
        normal[one * columns + other]! += weightedRows[one * rows + row]! * design[row * columns + other]!;
      }
    }
  }
  const factor = cholesky(normal, columns);
  return solveLowerTransposed(factor, solveLower(factor, weightedRows, { n: columns }), { n: columns });
}
