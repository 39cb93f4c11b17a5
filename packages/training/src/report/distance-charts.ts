import { captioned, chart, line, linearScale } from '@kith/evaluation';
import { curveChart } from './curve-chart.ts';
import type { Point } from './curves.ts';
import type { DistanceHistograms, ValidationRecord } from './log-record.ts';

/** A validation that kept its distances. */
export type MeasuredValidation = ValidationRecord & { readonly distances: DistanceHistograms };

const mostRows = 10;
const rowPx = 52;

/** How distances of both kinds draw apart: the histograms of validations below each other, oldest first. */
export function ridgeChart(validations: readonly MeasuredValidation[]): string {
  const rows = spread(validations, mostRows);
  const to = largestDistance(rows.map(({ distances }) => distances));
  const shares = rows.map(({ distances }) => ({
    genuine: sharesOf(distances.genuine),
    impostor: sharesOf(distances.impostor),
  }));
  const highest = Math.max(...shares.flatMap(({ genuine, impostor }) => [...genuine, ...impostor]), 1e-9);
  // row i has its foot at i, and its histograms rise towards i − 1
  const y = {
    place: (row: number) => (rows.length - 0.9 - row) / rows.length,
    ticks: rows.map(({ epoch }, row) => ({ value: row, label: epoch.toFixed(epoch < 10 ? 2 : 1) })),
  };
  const frame = {
    x: linearScale(0, to, { count: 6 }),
    y,
    xLabel: 'distance (squared L2)',
    yLabel: 'epoch',
    title: 'Histograms of distances at each validation',
    height: 64 + rowPx * rows.length,
  };
  const svg = chart(frame, (plot) =>
    rows
      .map(({ distances }, row) => {
        const outline = (kind: readonly number[]) =>
          steps(kind, distances.maxDistance).map(
            ([x, share]): Point => [Math.min(x, to), row - (0.9 * share) / highest],
          );
        return (
          line(plot, outline(shares[row]!.impostor), 'area impostor') +
          line(plot, outline(shares[row]!.genuine), 'area genuine')
        );
      })
      .join(''),
  );
  const keys = '<span class="key genuine"></span>genuine <span class="key impostor"></span>impostor pairs';
  return captioned(svg, `<b>Distances</b> · ${keys} of validation, oldest first, each kind adding up to 100 %.`);
}

/** How far the means of both kinds lie apart, in deviations, over epochs. */
export function decidabilityChart(validations: readonly MeasuredValidation[]): string {
  const points = validations.map(({ epoch, distances: { genuine, impostor, maxDistance } }): Point => {
    const [same, other] = [momentsOf(genuine, maxDistance), momentsOf(impostor, maxDistance)];
    return [epoch, (other.mean - same.mean) / Math.sqrt((same.deviation ** 2 + other.deviation ** 2) / 2)];
  });
  return curveChart([{ name: 'decidability', points }], {
    title: 'Decidability',
    yLabel: 'decidability d′',
    caption: 'how far the means lie apart, in deviations.',
  });
}

/** The mean distance of each kind over epochs, with a band of one standard deviation. */
export function meanDistancesChart(validations: readonly MeasuredValidation[]): string {
  const curve = (name: 'genuine' | 'impostor') => {
    const moments = validations.map(({ distances }) => momentsOf(distances[name], distances.maxDistance));
    return {
      name,
      points: validations.map(({ epoch }, at): Point => [epoch, moments[at]!.mean]),
      deviations: moments.map(({ deviation }) => deviation),
    };
  };
  return curveChart([curve('genuine'), curve('impostor')], {
    title: 'Mean distances',
    yLabel: 'squared L2',
    caption: 'the bands are one standard deviation wide to either side.',
  });
}

/** Mean and standard deviation of what a histogram counted, each bin taken at its middle. */
export function momentsOf(
  counts: readonly number[],
  maxDistance: number,
): { readonly mean: number; readonly deviation: number } {
  const middle = (bin: number) => ((bin + 0.5) / counts.length) * maxDistance;
  const shares = sharesOf(counts);
  const mean = shares.reduce((sum, share, bin) => sum + share * middle(bin), 0);
  const variance = shares.reduce((sum, share, bin) => sum + share * (middle(bin) - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(variance) };
}

/** So many of a list, evenly spread, the first and the last among them. */
export function spread<T>(list: readonly T[], count: number): readonly T[] {
  if (list.length <= count) return list;
  return Array.from({ length: count }, (_, at) => list[Math.round((at * (list.length - 1)) / (count - 1))]!);
}

function sharesOf(counts: readonly number[]): readonly number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => count / Math.max(1, total));
}

function steps(shares: readonly number[], maxDistance: number): readonly Point[] {
  const width = maxDistance / shares.length;
  return [
    [0, 0],
    ...shares.flatMap((share, bin): Point[] => [
      [bin * width, share],
      [(bin + 1) * width, share],
    ]),
    [maxDistance, 0],
  ];
}

/** The upper end of the last bin that counted anything. */
function largestDistance(histograms: readonly DistanceHistograms[]): number {
  const ends = histograms.flatMap(({ genuine, impostor, maxDistance }) =>
    [genuine, impostor].map(
      (counts) => ((counts.findLastIndex((count) => count > 0) + 1) / counts.length) * maxDistance,
    ),
  );
  return Math.max(...ends) || 1;
}
