import { type RatePoint, resolvedErrors, type TarAtFar } from '../rates.ts';
import type { ReliabilityBin } from '../reliability.ts';
import { chart, line, linearScale, logScale, type Plot } from './chart.ts';

interface CurveOptions {
  readonly impostorPairs: number;
}

/** ROC: true accepts over false accepts, the latter on a logarithmic axis. */
export function rocChart(
  points: readonly RatePoint[],
  { impostorPairs, marks }: CurveOptions & { readonly marks: readonly TarAtFar[] },
): string {
  const from = smallestRate(impostorPairs);
  const lowest = points.find(({ fmr }) => fmr >= from) ?? points.at(-1)!;
  const floor = Math.min(0.9, Math.max(0, Math.floor((1 - lowest.fnmr) * 10 - 0.5) / 10));
  const frame = {
    x: logScale(from, 1),
    y: linearScale(floor, 1),
    xLabel: 'false match rate',
    yLabel: 'true match rate',
    title: 'ROC: true match rate over false match rate',
  };
  return chart(frame, (plot) =>
    [
      unresolvedArea(plot, impostorPairs, from),
      line(
        plot,
        points.filter(({ fmr }) => fmr >= from).map(({ fmr, fnmr }) => [fmr, 1 - fnmr]),
        'curve',
      ),
      ...marks
        .filter(({ far, tar, threshold }) => far >= from && tar >= floor && Number.isFinite(threshold))
        .map(({ far, tar }) => dot(plot, { at: [far, tar], label: `TAR ${tar.toFixed(3)}`, labelled: 'below' })),
    ].join(''),
  );
}

/** DET: misses over false accepts, both on logarithmic axes. */
export function detChart(
  points: readonly RatePoint[],
  { impostorPairs, genuinePairs, eer }: CurveOptions & { readonly genuinePairs: number; readonly eer: number },
): string {
  const from = smallestRate(impostorPairs);
  const floor = smallestRate(genuinePairs);
  const drawn = points.filter(({ fmr, fnmr }) => fmr >= from && fnmr >= floor);
  const equal = Math.max(from, floor);
  const highest = drawn.reduce((most, { fnmr }) => Math.max(most, fnmr), 10 * floor);
  const top = Math.min(1, 10 ** Math.ceil(Math.log10(highest) - 1e-9));
  const frame = {
    x: logScale(from, 1),
    y: logScale(floor, top),
    xLabel: 'false match rate',
    yLabel: 'false non-match rate',
    title: 'DET: false non-match rate over false match rate',
  };
  return chart(frame, (plot) =>
    [
      unresolvedArea(plot, impostorPairs, from),
      line(
        plot,
        [
          [equal, equal],
          [top, top],
        ],
        'guide',
      ),
      line(
        plot,
        drawn.map(({ fmr, fnmr }) => [fmr, fnmr]),
        'curve',
      ),
      eer >= equal ? dot(plot, { at: [eer, eer], label: `EER ${(eer * 100).toFixed(2)} %`, labelled: 'above' }) : '',
    ].join(''),
  );
}

/** Distances of both kinds as two histograms over each other, with the threshold between them. */
export function histogramChart(
  { genuine, impostor }: { readonly genuine: ArrayLike<number>; readonly impostor: ArrayLike<number> },
  { threshold, bins = 60 }: { readonly threshold: number; readonly bins?: number },
): string {
  const kinds = [genuine, impostor];
  const to = Math.min(4, Math.ceil(Math.max(0.1, ...kinds.map(largestFinite)) * 10 + 0.5) / 10);
  const shares = kinds.map((values) => {
    const counts = new Float64Array(bins);
    for (let i = 0; i < values.length; i++) {
      // failed pairs stand at ±∞, in no bin
      if (Number.isFinite(values[i]!))
        counts[Math.min(bins - 1, Math.floor((values[i]! / to) * bins))]! += 1 / values.length;
    }
    return counts;
  });
  const highest = Math.max(...shares.flatMap((counts) => [...counts]));
  const frame = {
    x: linearScale(0, to, { count: 7 }),
    y: linearScale(0, highest * 100 * 1.08),
    xLabel: 'distance (squared L2)',
    yLabel: '% of the pairs of its kind',
    title: 'Distances of genuine and impostor pairs',
  };
  const steps = (counts: Float64Array): [number, number][] => [
    [0, 0],
    ...[...counts].flatMap((share, bin): [number, number][] => [
      [(bin / bins) * to, share * 100],
      [((bin + 1) / bins) * to, share * 100],
    ]),
    [to, 0],
  ];
  return chart(frame, (plot) => {
    const at = plot.x(threshold);
    return [
      line(plot, steps(shares[1]!), 'area impostor'),
      line(plot, steps(shares[0]!), 'area genuine'),
      `<line class="threshold" x1="${at}" x2="${at}" y1="${plot.top}" y2="${plot.bottom}"/>`,
      `<text class="note" x="${at + 5}" y="${plot.top + 10}">threshold ${threshold.toFixed(3)}</text>`,
    ].join('');
  });
}

/** Stated probability against what happened; on the diagonal a probability means what it says. */
export function reliabilityChart(bins: readonly ReliabilityBin[]): string {
  const frame = {
    x: linearScale(0, 1),
    y: linearScale(0, 1),
    xLabel: 'stated probability',
    yLabel: 'share that are one person',
    title: 'Reliability: stated probability against the share that are one person, at equal odds',
  };
  return chart(frame, (plot) =>
    [
      line(
        plot,
        [
          [0, 0],
          [1, 1],
        ],
        'guide',
      ),
      line(
        plot,
        bins.map(({ stated, observed }) => [stated, observed]),
        'curve thin',
      ),
      ...bins.map(({ stated, observed, weight }) => {
        const radius = (2.5 + 9 * Math.sqrt(weight / Math.PI)).toFixed(1);
        return `<circle class="bin" cx="${plot.x(stated)}" cy="${plot.y(observed)}" r="${radius}"/>`;
      }),
    ].join(''),
  );
}

/** The smallest rate that one pair makes, rounded down to 1, 2 or 5 times a power of ten. */
function smallestRate(pairs: number): number {
  const power = 10 ** Math.floor(Math.log10(1 / pairs));
  return Math.min(0.1, [5, 2, 1].map((k) => k * power).find((rate) => rate <= 1 / pairs + 1e-15)!);
}

/** Shade the rates for which fewer than ten false matches are expected. */
function unresolvedArea(plot: Plot, impostorPairs: number, from: number): string {
  const limit = resolvedErrors / impostorPairs;
  if (limit <= from) return '';
  const width = plot.x(Math.min(1, limit)) - plot.left;
  const label =
    width > 96 ? `<text class="note" x="${plot.left + 6}" y="${plot.bottom - 8}">too few pairs to tell</text>` : '';
  return `<rect class="unresolved" x="${plot.left}" y="${plot.top}" width="${width}" height="${plot.bottom - plot.top}"/>${label}`;
}

function dot(
  plot: Plot,
  {
    at: [x, y],
    label,
    labelled,
  }: { readonly at: readonly [number, number]; readonly label: string; readonly labelled: 'above' | 'below' },
): string {
  const [cx, cy] = [plot.x(x), plot.y(y)];
  return `<circle class="mark" cx="${cx}" cy="${cy}" r="4"/><text class="note strong" x="${cx + 8}" y="${labelled === 'below' ? cy + 16 : cy - 8}">${label}</text>`;
}

function largestFinite(values: ArrayLike<number>): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i]!) && values[i]! > most) most = values[i]!;
  return most;
}
