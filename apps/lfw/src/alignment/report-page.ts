import { captioned, chart, escapeHtml, line, linearScale, page, section, table } from '@kith/evaluation';
import type { MeanError, RecoveryFigures, RecoveryRow } from './camera-recovery.ts';
import type { RealReport, RealRow } from './real-part.ts';
import type { Measured } from './real-scores.ts';
import type { SmallNetReport } from './small-net/judge.ts';
import type { ErrorRow, SyntheticFigures } from './synthetic-error.ts';
import { type SyntheticWay, syntheticWays } from './synthetic-ways.ts';

export interface AlignmentReport {
  readonly date: string;
  readonly command: string;
  readonly synthetic?: SyntheticFigures;
  readonly recovery?: RecoveryFigures;
  readonly real?: RealReport;
  readonly smallNet?: SmallNetReport;
  /** Parts left out, and why. */
  readonly skipped: readonly string[];
}

/** The report as one self-contained page. */
export function renderAlignmentPage(
  report: AlignmentReport,
  { strip }: { readonly strip?: Uint8Array | undefined },
): string {
  const { synthetic, recovery, real, skipped, smallNet } = report;
  const left = skipped.map((text) => `<li>${escapeHtml(text)}</li>`).join('');
  return page({
    title: 'DeepFace’s alignment, measured',
    body: [
      `<header><p class="kicker">${escapeHtml(report.date)}</p><h1>Alignment</h1><p class="says">${escapeHtml(verdict(report))}</p></header>`,
      left === '' ? '' : section({ title: 'Left out' }, `<ul>${left}</ul>`),
      synthetic ? syntheticSection(synthetic, strip) : '',
      recovery ? recoverySection(recovery) : '',
      real ? realSection(real) : '',
      smallNet ? smallNetSection(smallNet) : '',
      section({ title: 'How it was measured' }, `<p><code>${escapeHtml(report.command)}</code></p>`),
    ].join(''),
  });
}

/** What the figures say, in words made of them. */
export function verdict({ real, synthetic }: AlignmentReport): string {
  const ofNets = (real?.nets ?? []).map(({ name, rows }) => {
    const flat = best(rows.filter(({ kind }) => kind === '2-D'));
    const front = best(rows.filter(({ kind }) => kind === '3-D'));
    if (!flat || !front) return '';
    const gap = 100 * (front.figures.view1.value - flat.figures.view1.value);
    const error = 100 * Math.hypot(front.figures.view1.standardError, flat.figures.view1.standardError);
    const word =
      Math.abs(gap) <= error
        ? 'differs by less than the standard error from'
        : gap < 0
          ? 'hurts against'
          : 'helps over';
    const pose = 100 * (front.figures.posePairs.accuracy.value - flat.figures.posePairs.accuracy.value);
    return `${name}: 3-D (${front.label}) ${word} the best 2-D (${flat.label}) on View 1, ${gap.toFixed(2)} ± ${error.toFixed(2)} points; on pairs of unlike pose ${pose.toFixed(2)} points.`;
  });
  const turned = synthetic?.turned.map(({ fromDegrees, toDegrees, errors }) => {
    const gap = errors.frontalized.mean - errors.similarity.mean;
    return `${fromDegrees}–${toDegrees}° ${gap > 0 ? 'worse' : 'better'} by ${Math.abs(gap).toFixed(1)}`;
  });
  const drawn = turned ? `Drawn faces, 3-D against 2-D in grey levels: ${turned.join(', ')}.` : '';
  return [...ofNets, drawn].filter((text) => text !== '').join(' ');
}

function best(rows: readonly RealRow[]): RealRow | undefined {
  return rows.toSorted((one, other) => other.figures.view1.value - one.figures.view1.value)[0];
}

const colours: Readonly<Record<SyntheticWay, string>> = {
  none: '#888888',
  similarity6: '#d9a441',
  similarity: '#c2693d',
  frontalized: '#1f6f8b',
  frontalizedOwn: '#5b9a68',
};

function syntheticSection(figures: SyntheticFigures, strip: Uint8Array | undefined): string {
  const rows = (list: readonly ErrorRow[], kind: string) =>
    list.map(({ fromDegrees, toDegrees, photos, errors }) => [
      `${kind}, ${fromDegrees}–${toDegrees}°`,
      String(photos),
      ...Object.values(errors).map(plusMinus),
    ]);
  const picture = strip
    ? captioned(
        `<img alt="" style="width:100%" src="data:image/png;base64,${Buffer.from(strip).toString('base64')}">`,
        'A drawn head at yaw 0°, 30°, 60°, landmarks exact. From left: photo, 2-D by 51 points, 3-D, the true front.',
      )
    : '';
  return section(
    {
      title: 'Drawn heads',
      lead: `Mean absolute error in grey levels (0–255) against the true front, inside jaw and brows, ± standard error. Landmarks err by N(0, Σ), ${(100 * figures.landmarkNoise).toFixed(0)} % of the eyes' distance a coordinate; seed ${figures.seed}. The light turns with the head. The jaw's landmarks lie on the outline, where detectors mark them; the front is that of the fitted camera for the mean head.`,
    },
    `<div class="pair">${errorChart(figures.turned, 'turned only')}${errorChart(figures.turnedNoddedTilted, 'also nodded and tilted up to 30°')}</div>${picture}${table(['Heads', 'photos', ...Object.values(syntheticWays)], [...rows(figures.turned, 'turned'), ...rows(figures.turnedNoddedTilted, 'all angles')])}`,
  );
}

function errorChart(rows: readonly ErrorRow[], title: string): string {
  const ways = Object.keys(syntheticWays) as readonly SyntheticWay[];
  const most = Math.max(...rows.flatMap(({ errors }) => ways.map((way) => errors[way].mean)));
  const frame = {
    x: linearScale(0, 60, { count: 4 }),
    y: linearScale(0, most * 1.1),
    xLabel: '|yaw|, degrees',
    yLabel: 'error, grey levels',
    title,
  };
  const drawn = chart(frame, (plot) =>
    ways
      .map(
        (way) =>
          `<g style="--genuine:${colours[way]}">${line(
            plot,
            rows.map((row) => [(row.fromDegrees + row.toDegrees) / 2, row.errors[way].mean]),
            'curve',
          )}</g>`,
      )
      .join(''),
  );
  const keys = ways
    .map((way) => `<span class="key" style="background:${colours[way]}"></span>${syntheticWays[way]}`)
    .join(' ');
  return captioned(drawn, `${title}. ${keys}`);
}

function recoverySection({ reference, heads, seed, trials }: RecoveryFigures): string {
  const rows = (list: readonly RecoveryRow[], kind: string) =>
    list.map(({ noise, covariance, identity, covarianceWins }) => [
      `${kind}, ${(100 * noise).toFixed(0)} %`,
      plusMinus(covariance.poseDegrees),
      plusMinus(identity.poseDegrees),
      covariance.cameraPx ? plusMinus(covariance.cameraPx) : '–',
      identity.cameraPx ? plusMinus(identity.cameraPx) : '–',
      `${(100 * covarianceWins).toFixed(0)} %`,
    ]);
  return section(
    {
      title: 'The camera',
      lead: `Angle between the true and the found pose, and ‖P̂ − P‖ at 1 px a mm with the numbers that mm are multiplied by taken at 63 mm. Noise is N(0, Σ) in shares of the eyes' distance; yaw ±60°, pitch and roll ±30°; ${trials} trials, seed ${seed}. The noise is Σ's own, which favours Σ on the reference shape; on other heads the error of the shape comes to it, which Σ does not know.`,
    },
    table(
      ['Shape and noise', 'pose with Σ, °', 'with identity, °', '‖P̂ − P‖ with Σ', 'with identity', 'Σ nearer'],
      [...rows(reference, 'reference'), ...rows(heads ?? [], 'other heads')],
    ),
  );
}

function realSection(real: RealReport): string {
  const percent = (measured: Measured) =>
    `${(100 * measured.value).toFixed(2)} ± ${(100 * measured.standardError).toFixed(2)}`;
  const tables = real.nets.map(({ name, views, rows }) => {
    const lines = rows.map(({ label, figures: { view1, allPairs, posePairs } }) => [
      label,
      percent(view1),
      (100 * allPairs.equalErrorRate).toFixed(2),
      percent(allPairs.tarAt1e2),
      percent(allPairs.tarAt1e3),
      percent(posePairs.accuracy),
      (100 * posePairs.equalErrorRate).toFixed(2),
      percent(posePairs.tar),
    ]);
    return `<h3>${escapeHtml(name)}, ${views === 1 ? 'one view' : `${views} views`}</h3>${table(['Alignment', 'View 1, %', 'EER, %', 'TAR@1e-2', 'TAR@1e-3', 'unlike pose, %', 'EER', 'TAR@1e-2'], lines)}`;
  });
  return section(
    {
      title: 'Real faces, fixed networks',
      lead: `LFW View 1, deep-funneled (thus turned upright already, which favours no alignment): ${real.images} photos of ${real.people} people, ${real.facesNotFound} faces not found, each an error. View 1: threshold from pairsDevTrain, accuracy on pairsDevTest. EER and TAR over all pairs. Unlike pose: yaws at least ${real.leastYawDifference}° apart, ${real.genuinePosePairs} genuine and ${real.impostorPosePairs} impostor pairs, seed ${real.seed}. ± standard error. ${real.skipped.join('. ')}`,
    },
    tables.join(''),
  );
}

function smallNetSection({ trainedOn, left, settings, runs, rows }: SmallNetReport): string {
  const { tooClose, tooFew, photosWithoutFace } = left;
  const metrics = [...new Set(rows.map(({ metric }) => metric))];
  const alignments = runs.map(({ alignment }) => alignment);
  const cellOf = (alignment: string, metric: string) => {
    const { accuracy, standardError } = rows.find((row) => row.alignment === alignment && row.metric === metric)!;
    return `${(100 * accuracy).toFixed(1)} ± ${(100 * standardError).toFixed(1)}`;
  };
  return section(
    {
      title: 'The small DeepFace net',
      lead: `DeepFace’s table at half the side and with fewer maps, trained from the same seed for the same ${settings.epochs} epochs on the same ${trainedOn.faces} faces of ${trainedOn.people} people of Families in the Wild, and judged on View 1: threshold and distances learnt on pairsDevTrain, accuracy in % on pairsDevTest. Left out: ${tooClose.people} people (${tooClose.faces} faces) who may be in LFW, ${tooFew.people} of a single face, ${photosWithoutFace} photos without one. The paper’s figures, 87.9 % with no alignment, 94.3 % with 2-D and 97.0 % with 3-D, come of 4.4 million photos of 4,030 people.`,
    },
    table(
      ['Alignment', ...metrics],
      alignments.map((alignment) => [alignment, ...metrics.map((metric) => cellOf(alignment, metric))]),
    ) +
      table(
        ['Mean cross-entropy', ...runs[0]!.losses.map((_, epoch) => `epoch ${epoch + 1}`)],
        runs.map(({ alignment, losses }) => [alignment, ...losses.map((loss) => loss.toFixed(2))]),
      ),
  );
}

function plusMinus({ mean, standardError }: MeanError): string {
  return `${mean.toFixed(2)} ± ${standardError.toFixed(2)}`;
}
