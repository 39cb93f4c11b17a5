import { captioned, chart, escapeHtml, line, linearScale, logScale, type Plot, type Scale } from '@kith/evaluation';
import { extremes, isFinitePoint, isSteep, type Point, type Range, rangeOf, smoothed, thinned } from './curves.ts';

/** A curve, with how far it may be off. */
export interface Curve {
  readonly name: string;
  readonly points: readonly Point[];
  /** Half the width of the band around each point. */
  readonly deviations?: readonly number[];
}

export interface CurveChartOptions {
  readonly title: string;
  readonly yLabel: string;
  /** Said below the chart. */
  readonly caption?: string;
  /** Of the y axis; by the values where it is left out. */
  readonly range?: Range;
  /** Draw the curve faintly as it is, and strongly what it follows. */
  readonly isNoisy?: boolean;
  /** Whether each point is shown, as where there are few. */
  readonly hasDots?: boolean;
}

const columns = 400;

/** A point is smoothed by this part of the curve to either side. */
const smoothedParts = 80;

const height = 270;
const styles = ['', 'second', 'third'] as const;
const keys = ['genuine', 'impostor', 'third'] as const;
const bands = ['band', 'second-band', ''] as const;

/** One to three curves over epochs, as a figure; nothing where there is no number. */
export function curveChart(curves: readonly Curve[], options: CurveChartOptions): string {
  const { title, yLabel, caption = '', isNoisy = false, hasDots = false } = options;
  const drawn = curves.map(finite);
  const all = drawn.flatMap(({ points }) => points);
  if (all.length === 0) return '';
  const [, to] = extremes(all.map(([x]) => x));
  const frame = {
    x: linearScale(0, to > 0 ? to : 1, { count: 6 }),
    y: within(scaleOf(drawn, options.range)),
    xLabel: 'epoch',
    yLabel,
    title: `${title} over epochs`,
    height,
  };
  const legend = drawn.length > 1 ? drawn.map(({ name }, at) => key(name, at)).join(' ') : '';
  const svg = chart(frame, (plot) =>
    drawn
      .map((curve, at) => drawCurve(plot, curve, { style: styles[at]!, band: bands[at]!, isNoisy, hasDots }))
      .join(''),
  );
  const text = [legend, escapeHtml(caption)].filter((part) => part !== '').join(' · ');
  return captioned(svg, `<b>${escapeHtml(title)}</b>${text === '' ? '' : ` · ${text}`}`);
}

function finite(curve: Curve): Curve {
  const isDrawn = curve.points.map(isFinitePoint);
  const points = curve.points.filter((_, at) => isDrawn[at]);
  return curve.deviations
    ? { ...curve, points, deviations: curve.deviations.filter((_, at) => isDrawn[at]) }
    : { ...curve, points };
}

function drawCurve(
  plot: Plot,
  { points, deviations }: Curve,
  { style, band, isNoisy, hasDots }: { style: string; band: string; isNoisy: boolean; hasDots: boolean },
): string {
  const strong = isNoisy ? smoothed(points, Math.round(points.length / smoothedParts)) : points;
  return [
    deviations ? bandAround(plot, points, { deviations, className: band }) : '',
    isNoisy ? line(plot, thinned(points, columns), `curve thin faint ${style}`) : '',
    line(plot, thinned(strong, columns), `curve ${style}`),
    ...(hasDots
      ? points.map(([x, y]) => `<circle class="mark ${style}" cx="${plot.x(x)}" cy="${plot.y(y)}" r="2.6"/>`)
      : []),
  ].join('');
}

function bandAround(
  plot: Plot,
  points: readonly Point[],
  { deviations, className }: { readonly deviations: readonly number[]; readonly className: string },
): string {
  const above = points.map(([x, y], at): Point => [x, y + deviations[at]!]);
  const below = points.map(([x, y], at): Point => [x, y - deviations[at]!]);
  return line(plot, [...above, ...below.reverse()], className);
}

function scaleOf(curves: readonly Curve[], range: Range | undefined): Scale {
  if (range) return linearScale(...range);
  const values = curves.flatMap(({ points }) => points.map(([, y]) => y));
  if (isSteep(values)) {
    const powerOf = (value: number) => 10 ** Math.floor(Math.log10(value) + 1e-9);
    const [least, most] = extremes(values);
    return logScale(powerOf(least), most * 1.3);
  }
  const bounds = curves.flatMap(({ points, deviations = [] }) =>
    points.flatMap(([, y], at) => [y - (deviations[at] ?? 0), y + (deviations[at] ?? 0)]),
  );
  return linearScale(...rangeOf(bounds));
}

/** What lies outside of a scale stands at its end. */
function within({ place, ticks }: Scale): Scale {
  return { place: (value) => Math.min(1, Math.max(0, place(value))), ticks };
}

function key(name: string, at: number): string {
  return `<span class="keyed"><span class="key ${keys[at]}"></span>${escapeHtml(name)}</span>`;
}
