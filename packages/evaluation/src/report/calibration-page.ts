import { type DecisionTable, type Interval, probabilityAt } from '../decision.ts';
import type { AllPairs } from '../pair-distances.ts';
import type { Reliability } from '../reliability.ts';
import { escapeHtml, powerOfTen } from './chart.ts';
import { histogramChart, reliabilityChart } from './charts.ts';
import { captioned, figures, page, section, table } from './page.ts';

/** Two different people whose photos lie close. */
export interface NearPeople {
  readonly one: string;
  readonly other: string;
  /** Squared L2, in [0, 4]. */
  readonly distance: number;
}

export interface CalibrationPageInput {
  readonly model: string;
  readonly pairs: AllPairs;
  /** Of probabilities stated for people that the curve was not fitted on. */
  readonly heldOut: Reliability & { readonly cllr: number; readonly minCllr: number };
  readonly unresolved: readonly number[];
  /** Nearest first. */
  readonly nearest: readonly NearPeople[];
}

/** The report on a decision table as one self-contained page. */
export function renderCalibrationPage(
  decisions: DecisionTable,
  { model, pairs, heldOut, unresolved, nearest }: CalibrationPageInput,
): string {
  const middle = decisions.points.find(({ fmr }) => fmr <= 1e-3) ?? decisions.points.at(-1);
  const charts = [
    captioned(
      histogramChart(
        { genuine: pairs.genuine.distances, impostor: pairs.impostor.distances },
        { threshold: middle?.threshold ?? 0 },
      ),
      `<span class="key genuine"></span>genuine <span class="key impostor"></span>impostor pairs, each kind adding up to 100 %. The threshold drawn is that of FMR ${middle?.fmr ?? ''}.`,
    ),
    captioned(
      reliabilityChart(heldOut.bins),
      `Stated probability against what happened at equal odds, each half of the people judged by the curve fitted on the other half. ECE ${heldOut.ece.toFixed(4)}, Brier ${heldOut.brier.toFixed(4)}, Cllr ${heldOut.cllr.toFixed(4)} of at least ${heldOut.minCllr.toFixed(4)}.`,
    ),
  ];
  return page({
    title: `Decisions of ${model}`,
    body: [
      header(decisions, { model, unresolved }),
      pointsSection(decisions),
      section({ title: 'Distances and probabilities' }, `<div class="pair">${charts.join('')}</div>`),
      nearestSection(nearest),
      howSection(decisions),
    ].join(''),
  });
}

function header(
  decisions: DecisionTable,
  { model, unresolved }: Pick<CalibrationPageInput, 'model' | 'unresolved'>,
): string {
  const cannot =
    unresolved.length === 0
      ? `Below ${power(decisions.points.at(-1)?.fmr ?? 1)} nothing can be said from these pairs.`
      : `These pairs cannot tell ${unresolved.map(power).join(', ')}: fewer than ten false matches would be expected.`;
  return `<header><p class="kicker">Decision table</p><h1>${escapeHtml(model)}</h1>
<p class="says">${escapeHtml(decisions.measuredOn)}. ${cannot} The people are those of press photos of the early 2000s; on other people, cameras and ages the rates will differ.</p>
${figures([
  { name: 'Impostor pairs', value: decisions.impostorPairs.toLocaleString('en') },
  { name: 'Genuine pairs', value: decisions.genuinePairs.toLocaleString('en') },
  {
    name: 'Images',
    value: decisions.images.toLocaleString('en'),
    note: `of ${decisions.identities.toLocaleString('en')} people`,
  },
  { name: 'Images without a face', value: String(decisions.failuresToEnroll), note: 'in none of the pairs' },
])}</header>`;
}

function pointsSection({ points, calibration }: DecisionTable): string {
  return section(
    {
      title: 'Operating points',
      lead: 'The greatest distance accepted at each false match rate. Intervals are 95 %, by resampling people.',
    },
    table(
      ['False match rate', 'its interval', 'Threshold', 'False non-match rate', 'its interval', 'Stated probability'],
      points.map(({ fmr, fmrInterval, threshold, fnmr, fnmrInterval }) => [
        power(fmr),
        interval(fmrInterval, (rate) => rate.toExponential(1)),
        threshold.toFixed(4),
        percent(fnmr),
        interval(fnmrInterval, percent),
        probabilityAt(calibration, threshold).toFixed(4),
      ]),
    ),
  );
}

function howSection({ command, date, calibration }: DecisionTable): string {
  const curve = `P = 1 / (1 + exp(−(${calibration.slope.toFixed(4)} · distance + ${calibration.intercept.toFixed(4)})))`;
  return section(
    { title: 'How it was measured' },
    `<dl class="how"><dt>Command</dt><dd><code>${escapeHtml(command)}</code></dd><dt>Date</dt><dd>${escapeHtml(date)}</dd><dt>Curve</dt><dd>${curve}, Platt’s targets, both kinds of equal weight</dd></dl>`,
  );
}

function nearestSection(nearest: readonly NearPeople[]): string {
  return section(
    {
      title: 'The nearest strangers',
      lead: 'The strictest thresholds rest on these few pairs. Some may be one person under two names: wrong labels push the thresholds down, to the safe side.',
    },
    table(
      ['One', 'Other', 'Distance'],
      nearest.map(({ one, other, distance }) => [
        one.replaceAll('_', ' '),
        other.replaceAll('_', ' '),
        distance.toFixed(4),
      ]),
      { textColumns: 2 },
    ),
  );
}

function interval([lower, upper]: Interval, format: (value: number) => string): string {
  return `${format(lower)} – ${format(upper)}`;
}

function power(rate: number): string {
  const exponent = Math.round(Math.log10(rate));
  return Math.abs(rate / 10 ** exponent - 1) < 1e-9 ? powerOfTen(exponent) : rate.toExponential(1);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}\u00a0%`;
}
