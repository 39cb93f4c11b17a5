import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lfwImagePath, parseLfwPairs } from '../lfw-pairs.ts';
import { type MeasuredPair, reportLfw, summarizeLfw } from '../lfw-report.ts';
import { measureOperatingPoints } from '../operating-points.ts';
import { allPairs } from '../pair-distances.ts';
import { renderCalibrationPage } from './calibration-page.ts';
import { chart, linearScale, logScale } from './chart.ts';
import { renderLfwPage } from './lfw-page.ts';

const notes = {
  model: 'a <b>model</b> & "more"',
  space: 'm/p/8',
  command: 'npm run lfw -- --pairs <script>.txt',
  date: '2026-01-01',
  pairsFile: 'pairs.txt',
  secondsPerImage: 0.1,
};

/** A View 2 list of made-up people, the distances of a face-like model, and one image without a face. */
function evaluation({ folds, perFold, failed }: { folds: number; perFold: number; failed: boolean }) {
  const lines = Array.from({ length: folds * 2 * perFold }, (_, k) =>
    k % (2 * perFold) < perFold ? `O'Neil_<${k}>\t1\t2` : `P${k}\t1\tQ${k}\t1`,
  );
  const { pairs: listed } = parseLfwPairs([`${folds}\t${perFold}`, ...lines].join('\n'));
  const pairs = listed.map((pair, k): MeasuredPair => {
    const distance = (pair.same ? 0.8 : 1.4) + 0.7 * Math.sin(k * 12.9898);
    return failed && k === 0 ? pair : { ...pair, distance };
  });
  const failedPath = lfwImagePath(pairs[0]!.one);
  const images = pairs
    .flatMap(({ one, other }) => [one, other])
    .map((image, k) => {
      const path = lfwImagePath(image);
      return failed && path === failedPath
        ? { path, faces: 0 }
        : { path, faces: 1 + (k % 3 === 0 ? 1 : 0), yawDegrees: (k * 37) % 80 };
    });
  const report = reportLfw({ pairs }, { images, notes, calibration: { slope: -6, intercept: 6 } });
  const wrongPairs = pairs
    .filter(({ same, distance }) => distance !== undefined && distance <= 1 !== same)
    .map((pair) => ({ pair, threshold: 1 }));
  const picture = { jpeg: Uint8Array.of(0xff, 0xd8, 1, 2), width: 250, height: 250 };
  const pictures = new Map(
    images.map(({ path, faces }) => [
      path,
      faces ? { ...picture, box: { xMin: 80, yMin: 70, xMax: 160, yMax: 170 } } : picture,
    ]),
  );
  return { report, html: renderLfwPage(report, { pairs, wrongPairs, pictures }) };
}

function expectSound(html: string): void {
  // nothing from outside, no code, no number that is none
  expect(html.match(/(?:src|href|url\()\s*=?\s*["']?(?:https?:)?\/\//)?.[0]).toBeUndefined();
  expect(html.match(/<script|<link|@import|.{0,60}(?:NaN|undefined|Infinity)/)?.[0]).toBeUndefined();
  const open = [...html.matchAll(/<(svg|section|table|figure|div|dl|p|main|header)[\s>]/g)].length;
  const closed = [...html.matchAll(/<\/(svg|section|table|figure|div|dl|p|main|header)>/g)].length;
  expect(open).toBe(closed);
}

test('the page is whole and self-contained, for small lists and large, with failures and without', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 1, max: 40 }),
      fc.boolean(),
      (folds, perFold, failed) => {
        const { report, html } = evaluation({ folds, perFold, failed });
        expectSound(html);
        expect(html).toContain(`${(report.result.accuracy * 100).toFixed(2)}\u00a0%`);
        expect(html.match(/data:image\/jpeg/g)?.length ?? 0).toBeGreaterThanOrEqual(failed ? 1 : 0);
      },
    ),
    { numRuns: 40 },
  );
});

test('names are text, whatever characters they have', () => {
  const { html } = evaluation({ folds: 2, perFold: 6, failed: true });
  expect(html).not.toContain('<b>model</b>');
  expect(html).toContain('a &#60;b&#62;model&#60;/b&#62; &#38; &#34;more&#34;');
  expect(html).not.toMatch(/O'Neil_?\s?</);
});

test('the summary is the shape that programs read, a rate without a single pair to show it being null', () => {
  const summary = summarizeLfw(evaluation({ folds: 10, perFold: 40, failed: true }).report);
  expect(summary).toMatchObject({
    pairs: 800,
    failuresToEnroll: 1,
    failedPairs: 1,
    protocol: 'unrestricted, labeled outside data',
    tarAtFar: { '0.01': expect.any(Number), '0.001': null },
    tarAtFarResolved: { '0.01': false, '0.001': false },
  });
  expect(JSON.parse(JSON.stringify(summary))).toEqual(summary);
});

test('poses count every pair with both faces once', () => {
  const { report } = evaluation({ folds: 5, perFold: 9, failed: true });
  expect(report.yaw.reduce((sum, { pairs }) => sum + pairs, 0)).toBe(report.pairs - report.failedPairs);
  expect(report.yaw.reduce((sum, { images }) => sum + images, 0)).toBe(report.images - report.failuresToEnroll);
  const wrong = report.result.folds.reduce(
    (sum, { falseMatches, falseNonMatches }) => sum + falseMatches + falseNonMatches,
    0,
  );
  expect(report.yaw.reduce((sum, row) => sum + row.falseMatches + row.falseNonMatches, 0)).toBe(wrong);
});

test('the calibration page says what the data cannot tell', () => {
  const identities = Int32Array.from({ length: 60 }, (_, k) => k >> 1);
  const embeddings = Float32Array.from({ length: 120 }, (_, k) => Math.sin((k >> 1) * 0.7 + (k % 2) * 1.6));
  const pairs = allPairs(embeddings, identities);
  const { points, unresolved } = measureOperatingPoints(pairs, { replicates: 20 });
  const html = renderCalibrationPage(
    {
      space: { model: 'm', preprocessing: 'p', dimension: 2 },
      measuredOn: 'made-up people',
      command: 'calibrate',
      date: '2026-01-01',
      images: 60,
      identities: 30,
      failuresToEnroll: 0,
      genuinePairs: 30,
      impostorPairs: 1740,
      points,
      calibration: { slope: -3, intercept: 2 },
    },
    {
      model: 'm',
      pairs,
      unresolved,
      heldOut: {
        bins: [{ stated: 0.5, observed: 0.5, weight: 1, pairs: 10 }],
        ece: 0,
        brier: 0.25,
        cllr: 1,
        minCllr: 1,
      },
      nearest: [{ one: 'Ada', other: 'Alan', distance: 0.1 }],
    },
  );
  expectSound(html);
  expect(html).toContain('cannot tell 10⁻³, 10⁻⁴, 10⁻⁵, 10⁻⁶');
});

test('ticks are round, inside the axis, and stand where the scale puts them', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 3, noNaN: true }),
      fc.double({ min: 0.05, max: 100, noNaN: true }),
      (from, length) => {
        const { ticks, place } = linearScale(from, from + length);
        expect(ticks.length).toBeGreaterThan(1);
        expect(ticks.length).toBeLessThan(8);
        for (const { value, label } of ticks) {
          expect(place(value)).toBeGreaterThan(-1e-6);
          expect(place(value)).toBeLessThan(1 + 1e-6);
          expect(Math.abs(Number(label) - value)).toBeLessThan(1e-9);
        }
      },
    ),
  );
  const labels = linearScale(0, 2e-5).ticks.map(({ label }) => label);
  expect(labels, 'too long beside an axis').toEqual(['0', '5e−6', '1.0e−5', '1.5e−5', '2.0e−5']);
  expect(logScale(2e-4, 1).ticks.map(({ label }) => label)).toEqual(['10⁻³', '0.01', '0.1', '1']);
  expect(
    chart({ x: linearScale(0, 1), y: linearScale(0, 1), xLabel: 'a', yLabel: 'b', title: '"t"' }, () => ''),
  ).toContain('aria-label="&#34;t&#34;"');
});
