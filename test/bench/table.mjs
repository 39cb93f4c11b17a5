/**
 * Lay rows out in columns: the first to the left, the others to the right.
 *
 * @param {readonly string[]} heads
 * @param {readonly (readonly unknown[])[]} rows
 */
export function formatTable(heads, rows) {
  const lines = [heads, ...rows].map((cells) => cells.map((cell) => String(cell ?? '–')));
  const widths = heads.map((_, column) => Math.max(...lines.map((cells) => cells[column].length)));
  return lines
    .map((cells) => cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '))
    .join('\n');
}

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @param {number} bytes */
export const mebibytes = (bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

/** Tell how far a long run has come; standard output is kept for the tables. */
export const tell = (line) => process.stderr.write(`bench: ${line}\n`);
