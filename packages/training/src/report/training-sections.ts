import { section } from '@kith/evaluation';
import { type CurveChartOptions, curveChart } from './curve-chart.ts';
import { type Point, rangeOf } from './curves.ts';
import { decidabilityChart, type MeasuredValidation, meanDistancesChart, ridgeChart } from './distance-charts.ts';
import type { StepRecord, ValidationRecord } from './log-record.ts';

/** What is known of numbers that the log may have; any other is drawn under its own name. */
const known: Readonly<Record<string, Omit<CurveChartOptions, 'isNoisy'>>> = {
  activeShare: {
    title: 'Active triplets',
    yLabel: 'share',
    range: [0, 1],
    caption: 'those that still have a loss. Stuck at 1: nothing is learnt; at 0: nothing is left to learn from.',
  },
  deviation: {
    title: 'Deviation of embeddings',
    yLabel: 'deviation',
    caption: 'towards 0 the embeddings of all people fall together.',
  },
  effectiveRank: {
    title: 'Effective rank of embeddings',
    yLabel: 'dimensions',
    caption: 'how many dimensions are truly used.',
  },
  gradientNorm: { title: 'Gradient', yLabel: 'length', caption: 'before it was clipped.' },
  imagesPerSecond: { title: 'Speed', yLabel: 'images a second' },
  waitShare: { title: 'Waiting for images', yLabel: 'share of the time', range: [0, 1] },
  overheadShare: { title: 'Outside of TensorFlow', yLabel: 'share of the time', range: [0, 1] },
  secondsPerUpdate: { title: 'Time of an update', yLabel: 'seconds' },
  triplets: { title: 'Triplets', yLabel: 'of a batch', caption: 'those that were mined.' },
};

/** Loss and learning rate. */
export function learningSection(steps: readonly StepRecord[]): string {
  const loss = curveOf(steps, 'loss', {
    title: 'Loss',
    yLabel: 'loss',
    isNoisy: true,
    caption: 'as it was, and smoothed.',
  });
  return charts('Learning', [loss, curveOf(steps, 'learningRate', { title: 'Learning rate', yLabel: 'rate' })]);
}

/** Accuracy and true accept rates. */
export function validationSection(validations: readonly ValidationRecord[]): string {
  const hasDots = validations.length <= 40;
  const chosen = validations.flatMap(({ epoch, bestAccuracy }): Point[] =>
    bestAccuracy === undefined ? [] : [[epoch, bestAccuracy]],
  );
  const accuracy = curveChart(
    [
      {
        name: 'by folds',
        points: validations.map(({ epoch, accuracy }): Point => [epoch, accuracy]),
        deviations: validations.map(({ standardError }) => standardError),
      },
      ...(chosen.length === 0 ? [] : [{ name: 'at the best threshold', points: chosen }]),
    ],
    {
      title: 'Accuracy',
      yLabel: 'accuracy',
      hasDots,
      caption: 'the band is one standard error wide to either side.',
      ...sharesRange(validations),
    },
  );
  const fars = [...new Set(validations.flatMap(({ tarAtFar = {} }) => Object.keys(tarAtFar)))].slice(0, 3);
  const rates = curveChart(
    fars.map((far) => ({
      name: `FAR ${far}`,
      points: validations.map(({ epoch, tarAtFar }): Point => [epoch, tarAtFar?.[far] ?? Number.NaN]),
    })),
    { title: 'Genuine pairs accepted', yLabel: 'true accept rate', hasDots, range: [0, 1] },
  );
  return charts('Validation', [accuracy, rates], 'On people that training never saw.');
}

/** How distances drew apart. */
export function distancesSection(validations: readonly MeasuredValidation[]): string {
  if (validations.length === 0) return '';
  const beside = `<div class="stack">${meanDistancesChart(validations)}${decidabilityChart(validations)}</div>`;
  return charts('Distances', [ridgeChart(validations), beside]);
}

/** All other numbers of the log. */
export function numbersSection(steps: readonly StepRecord[]): string {
  const drawn = new Set(['kind', 'iteration', 'epoch', 'loss', 'learningRate']);
  const found = new Set(steps.flatMap((step) => Object.keys(step).filter((name) => typeof step[name] === 'number')));
  const names = [...new Set([...Object.keys(known), ...found])].filter((name) => found.has(name) && !drawn.has(name));
  return charts(
    'Further numbers',
    names.map((name) => curveOf(steps, name, { ...(known[name] ?? { title: name, yLabel: name }), isNoisy: true })),
  );
}

function curveOf(steps: readonly StepRecord[], name: string, options: CurveChartOptions): string {
  const points = steps.map((step): Point => [step.epoch, Number(step[name] ?? Number.NaN)]);
  return curveChart([{ name, points }], options);
}

function charts(title: string, list: readonly string[], lead = ''): string {
  const body = list.join('');
  return body === '' ? '' : section({ title, lead }, `<div class="pair">${body}</div>`);
}

/** The axis of accuracies ends at 1, which none is above. */
function sharesRange(validations: readonly ValidationRecord[]): Pick<CurveChartOptions, 'range'> {
  if (validations.length === 0) return {};
  const ends = validations
    .flatMap(({ accuracy, standardError: off, bestAccuracy = accuracy }) => [
      accuracy - off,
      accuracy + off,
      bestAccuracy,
    ])
    .filter(Number.isFinite);
  const [from, to] = rangeOf(ends);
  return { range: [Math.max(0, Math.min(from, 0.98)), Math.min(1, to)] };
}
