/** A place on a curve. */
export type Point = readonly [x: number, y: number];

/** A range that has a length. */
export type Range = readonly [from: number, to: number];

/** Whether a point can be drawn. */
export function isFinitePoint([x, y]: Point): boolean {
  return Number.isFinite(x) && Number.isFinite(y);
}

/** The least and the greatest. @returns ±∞ where there are no values. */
export function extremes(values: readonly number[]): Range {
  return values.reduce(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
}

/**
 * Smooth a curve by the mean of each point and its neighbours, so that nothing comes too late.
 *
 * @param reach - How many neighbours on either side, fewer at the ends.
 */
export function smoothed(points: readonly Point[], reach: number): readonly Point[] {
  const sums = new Float64Array(points.length + 1);
  points.forEach(([, y], at) => {
    sums[at + 1] = sums[at]! + y;
  });
  return points.map(([x], at) => {
    const [from, to] = [Math.max(0, at - reach), Math.min(points.length, at + reach + 1)];
    return [x, (sums[to]! - sums[from]!) / (to - from)];
  });
}

/**
 * Leave out points that nobody sees: of each of so many columns the least and the greatest stay, in their order.
 *
 * @param points - With x rising.
 */
export function thinned(points: readonly Point[], columns: number): readonly Point[] {
  if (points.length <= 2 * columns) return points;
  const [from, to] = [points[0]![0], points.at(-1)![0]];
  const columnOf = (x: number) => Math.min(columns - 1, Math.floor(((x - from) / (to - from)) * columns));
  const kept: Point[] = [];
  for (let start = 0; start < points.length; ) {
    const column = columnOf(points[start]![0]);
    let [least, most, end] = [start, start, start];
    for (; end < points.length && columnOf(points[end]![0]) === column; end++) {
      if (points[end]![1] < points[least]![1]) least = end;
      if (points[end]![1] > points[most]![1]) most = end;
    }
    for (const at of new Set([least, most].sort((a, b) => a - b))) kept.push(points[at]!);
    start = end;
  }
  return kept;
}

/** Where nearly all of the values lie, with room around; from zero where they come near it. */
export function rangeOf(values: readonly number[]): Range {
  if (values.length === 0) return [0, 1];
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!;
  const [least, most] = [at(0.005), at(0.995)];
  const room = 0.06 * (most - least || Math.abs(most)) || 0.06;
  return [least >= 0 && least < 0.5 * most ? 0 : least - room, most + room];
}

/** Whether values fall over so many powers of ten that only a logarithmic axis shows them. */
export function isSteep(values: readonly number[]): boolean {
  const sorted = Float64Array.from(values).sort();
  const [least, middle, most] = [sorted[0]!, sorted[sorted.length >> 1]!, sorted.at(-1)!];
  return sorted.length > 0 && least > 0 && most > 90 * least && most > 8 * middle;
}
