import { expect, test } from 'vitest';
import { momentsOf, spread } from './distance-charts.ts';
import type { LogRecord, StepRecord, ValidationRecord } from './log-record.ts';
import { type TrainingPageInput, trainingPage } from './training-page.ts';

function stepAt(iteration: number): StepRecord {
  const loss = 0.2 * Math.exp(-iteration / 500) + 0.02 * Math.sin(iteration * 12.9898);
  return {
    kind: 'step',
    iteration,
    epoch: iteration / 100,
    loss,
    learningRate: 10 ** (-1 - Math.floor(iteration / 300)),
    gradientNorm: 1,
    imagesPerSecond: 50,
    waitShare: 0.02,
    activeShare: 0.5,
    '<own>': iteration,
  };
}

function validationAt(iteration: number): ValidationRecord {
  const counts = (middle: number) =>
    Array.from({ length: 40 }, (_, bin) => Math.round(100 * Math.exp(-(((bin - middle) / 4) ** 2))));
  return {
    kind: 'validation',
    iteration,
    epoch: iteration / 100,
    accuracy: 0.9 - iteration / 10_000,
    bestAccuracy: 0.91 - iteration / 10_000,
    standardError: 0.01,
    auc: 0.95,
    tarAtFar: { '0.001': 0.6, '0.01': 0.8 },
    distances: { maxDistance: 4, genuine: counts(8), impostor: counts(20) },
  };
}

const iterations = Array.from({ length: 100 }, (_, at) => 10 * (at + 1));
const collapse: LogRecord = {
  kind: 'health',
  iteration: 7,
  finding: 'loss <at> the margin',
  severity: 'warning',
  detail: '0.2',
  remedy: 'Warm up "longer" & lower the rate.',
};
const face = (person: string) => ({ png: Uint8Array.of(0x89, 0x50), person });
const input: TrainingPageInput = {
  name: 'a <b>recipe</b>',
  config: { solver: { type: 'Adam', baseLr: 0.1, gone: undefined }, list: [1, '<2>'] },
  data: '100 people & 900 photos',
  dataHash: 'feed',
  gitCommit: 'abc',
  seed: 3,
  seconds: 3661,
  records: [
    ...iterations.map(stepAt),
    ...iterations.filter((each) => each % 50 === 0).map(validationAt),
    collapse,
    { ...collapse, iteration: 90 },
  ],
  hardest: [
    {
      anchor: face("O'Neil <x>"),
      positive: face('P'),
      negative: face('N'),
      positiveDistance: 1.2,
      negativeDistance: 0.1,
    },
  ],
  facts: [['command', 'npm run train -- --recipe <name>']],
};

function expectSound(html: string): void {
  expect(html.match(/(?:src|href|url\()\s*=?\s*["']?(?:https?:)?\/\//)?.[0]).toBeUndefined();
  expect(
    html.match(/<script|<link|@import|<own>|<at>|<name>|<2>|.{0,60}(?:NaN|undefined|Infinity)/)?.[0],
  ).toBeUndefined();
  const tags = 'svg|section|table|figure|div|dl|dt|dd|p|main|header|h1|h2|h3';
  const open = [...html.matchAll(new RegExp(`<(?:${tags})[\\s>]`, 'g'))].length;
  expect([...html.matchAll(new RegExp(`</(?:${tags})>`, 'g'))]).toHaveLength(open);
}

test('a page has all that was logged, and nothing from outside', () => {
  const html = trainingPage(input);
  expectSound(html);
  expect(html).toContain('0.8950<small>± 0.0100 best validation accuracy');
  expect(html).toContain('2 times, from update 7 to 90');
  expect(html).toContain('1:01:01');
  expect(html).toContain('data:image/png;base64,iVA=');
  expect(html).toContain('<dt>solver.baseLr</dt><dd><code>0.1</code></dd>');
  for (const title of ['Loss', 'Learning rate', 'Accuracy', 'Genuine pairs accepted', 'Distances', 'Active triplets'])
    expect(html).toContain(`<b>${title}</b>`);
  expect(html.match(/<svg/g)).toHaveLength(12);
  // the best validation is in the table although an even choice of rows would leave it out
  const better = { ...validationAt(600), accuracy: 0.99, bestAccuracy: 0.99 };
  expect(trainingPage({ ...input, records: [...input.records, better] })).toContain('6.00 · best');
});

test.each<[string, readonly LogRecord[]]>([
  ['nothing', []],
  ['one update', [stepAt(1)]],
  ['one validation', [validationAt(1)]],
  [
    'numbers that are not finite',
    [
      { ...stepAt(1), loss: 1, imagesPerSecond: 1 },
      { ...stepAt(2), gradientNorm: Number.NaN, '<own>': Number.NaN },
    ],
  ],
  ['a validation at the start', [{ ...validationAt(0), accuracy: 1, standardError: 0 }]],
])('a page of %s is sound', (_, records) => {
  expectSound(trainingPage({ ...input, records, hardest: [] }));
});

test('a long run makes no long page', () => {
  const records = Array.from({ length: 150_000 }, (_, at) => stepAt(at + 1));
  expect(trainingPage({ ...input, records }).length).toBeLessThan(400_000);
});

test('moments of a histogram are those of the middles of its bins', () => {
  expect(momentsOf([0, 2, 0, 2], 4)).toEqual({ mean: 2.5, deviation: 1 });
  expect(momentsOf([0, 0], 4)).toEqual({ mean: 0, deviation: 0 });
});

test('a spread has both ends', () => {
  expect(spread([1, 2, 3, 4, 5, 6, 7], 3)).toEqual([1, 4, 7]);
  expect(spread([1, 2], 3)).toEqual([1, 2]);
});

test('tells how many pairs of how many people judged, where nothing was gained, and where no triplet is wrong', () => {
  const few = { pairs: 66, people: 2 };
  const start = { ...validationAt(0), accuracy: 1, bestAccuracy: 1, standardError: 0, ...few };
  const records: LogRecord[] = [start, { ...validationAt(50), ...few }];
  const easy = { ...input.hardest![0]!, positiveDistance: 0.1, negativeDistance: 1.2 };
  const html = trainingPage({ ...input, records, hardest: [easy] });
  expect(html).toContain(
    '± 0.0000 best validation accuracy, on 66 pairs of 2 people; that of the start: nothing was gained',
  );
  expect(html).toContain('None is wrong');
  expect(trainingPage({ ...input, records: [start] })).not.toContain('nothing was gained');
  expect(trainingPage(input)).not.toMatch(/nothing was gained|None is wrong/);
});
