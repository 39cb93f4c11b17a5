import { lfwImagePath, type PairedImage } from '../lfw-pairs.ts';
import type { LfwReport, MeasuredPair } from '../lfw-report.ts';
import type { TarAtFar } from '../rates.ts';
import { scoresOf } from '../scores.ts';
import { escapeHtml } from './chart.ts';
import { detChart, histogramChart, reliabilityChart, rocChart } from './charts.ts';
import { captioned, figures, page, section, table } from './page.ts';
import { type Picture, svgPhoto } from './photo.ts';

/** A pair that was decided wrongly. */
export interface WrongPair {
  readonly pair: MeasuredPair;
  /** The threshold it was decided at. */
  readonly threshold: number;
}

export interface LfwPageInput {
  readonly pairs: readonly MeasuredPair[];
  /** Worst first. */
  readonly wrongPairs: readonly WrongPair[];
  /** By path, for the wrong pairs and the images without a face. */
  readonly pictures: ReadonlyMap<string, Picture>;
}

/** The report as one self-contained page. */
export function renderLfwPage(report: LfwReport, { pairs, wrongPairs, pictures }: LfwPageInput): string {
  const scores = scoresOf(pairs);
  const counts = { impostorPairs: scores.impostor.length, genuinePairs: scores.genuine.length };
  const { folds } = report.result;
  const threshold = folds.reduce((sum, fold) => sum + fold.threshold, 0) / folds.length;
  const curves = [
    captioned(
      rocChart(report.curve, { ...counts, marks: report.tarAtFar }),
      'ROC. Higher is better. The shaded rates expect fewer than ten false matches among these pairs.',
    ),
    captioned(
      detChart(report.curve, { ...counts, eer: report.eer }),
      'DET, both axes logarithmic. Lower is better; where it meets the dotted line, both errors are equal.',
    ),
  ].join('');
  return page({
    title: `${report.pairsFile}: ${report.result.accuracy.toFixed(4)}`,
    body: [
      header(report),
      section({ title: 'Error rates' }, `<div class="pair">${curves}</div>`),
      section(
        { title: 'Distances and probabilities' },
        `<div class="pair">${distances(report, { pairs, threshold })}</div>`,
      ),
      foldSection(report),
      yawSection(report),
      wrongSection(wrongPairs, pictures),
      failureSection(report, pictures),
      howSection(report),
    ].join(''),
  });
}

function header(report: LfwReport): string {
  const { result, accuracyInterval: interval, tarAtFar } = report;
  const several = report.result.folds.length > 1;
  const from = {
    'other folds': 'each fold is decided at the threshold that the other folds chose',
    'other list': `all are decided at one threshold, chosen on ${report.thresholdFile ?? 'another list'}`,
    'same list': 'all are decided at the threshold that does best on this very list, which flatters the result',
  }[result.thresholdFrom];
  const wrong = result.folds.reduce(
    (sum, { falseMatches, falseNonMatches }) => sum + falseMatches + falseNonMatches,
    0,
  );
  const tars = tarAtFar.map((rate) => ({
    name: `TAR at FAR ${rate.far}`,
    value: rate.tar.toFixed(4),
    note: tarNote(rate),
  }));
  return `<header><p class="kicker">Labeled Faces in the Wild · ${escapeHtml(report.pairsFile)}</p>
<h1>${(result.accuracy * 100).toFixed(2)}\u00a0%<small>${several ? `± ${(result.standardError * 100).toFixed(2)}` : `${percent(interval[0])} – ${percent(interval[1])}`}</small></h1>
<p class="says">Accuracy of <b>${escapeHtml(report.model)}</b> on ${number(report.pairs)} pairs, protocol “${report.protocol}”: ${escapeHtml(from)}. ${
    several ? 'The ± is the standard error over the folds; resampling' : 'Resampling'
  } people gives ${percent(interval[0])} to ${percent(interval[1])} (95 %). A pair with a face not found counts as an error whatever its label, here and in every rate below.${
    report.limit === undefined ? '' : ` <b>Not the whole list:</b> ${escapeHtml(report.limit)}.`
  }</p>
${figures([
  { name: 'Wrong decisions', value: number(wrong), note: `and ${number(report.failedPairs)} pairs without a face` },
  { name: 'Images without a face', value: number(report.failuresToEnroll), note: `of ${number(report.images)}` },
  { name: 'Equal error rate', value: percent(report.eer) },
  { name: 'Area under the ROC', value: report.auc.toFixed(5) },
  ...tars,
])}</header>`;
}

function distances(
  report: LfwReport,
  { pairs, threshold }: Pick<LfwPageInput, 'pairs'> & { readonly threshold: number },
): string {
  const { calibration } = report;
  const histogram = captioned(
    histogramChart(scoresOf(pairs), { threshold }),
    `<span class="key genuine"></span>genuine <span class="key impostor"></span>impostor pairs, each kind adding up to 100 %.${
      Number.isFinite(report.decidability) ? ` Decidability d′ = ${report.decidability.toFixed(2)}.` : ''
    }${report.result.folds.length > 1 ? ' The threshold drawn is the mean over the folds.' : ''}`,
  );
  if (calibration === null) return histogram;
  return (
    histogram +
    captioned(
      reliabilityChart(calibration.bins),
      `Does the stated probability hold? The model’s calibration was fitted elsewhere; equal odds, ${calibration.bins.length} bins of equal weight. ECE ${calibration.ece.toFixed(4)}, Brier ${calibration.brier.toFixed(4)}, Cllr ${calibration.cllr.toFixed(4)} of at least ${calibration.minCllr.toFixed(4)}. LFW’s lists share people, so these are not all new faces.`,
    )
  );
}

function foldSection({ result }: LfwReport): string {
  const rows = result.folds.map((fold) => [
    String(fold.fold + 1),
    number(fold.pairs),
    fold.threshold.toFixed(4),
    percent(fold.accuracy),
    number(fold.falseMatches),
    number(fold.falseNonMatches),
    number(fold.failures),
  ]);
  const lead =
    result.stdOverFolds === null
      ? ''
      : `Mean ${percent(result.accuracy)}, standard error ${percent(result.standardError)}; standard deviation over the folds, as other projects print it, ${percent(result.stdOverFolds)}.`;
  return section(
    { title: 'Fold by fold', lead },
    table(['Fold', 'Pairs', 'Threshold', 'Accuracy', 'False matches', 'False non-matches', 'Face not found'], rows),
  );
}

function yawSection(report: LfwReport): string {
  const rows = report.yaw.map(({ from, to, images, pairs, falseMatches, falseNonMatches }) => [
    `${from}° – ${to}°`,
    number(images),
    number(pairs),
    pairs === 0 ? '–' : percent(1 - (falseMatches + falseNonMatches) / pairs),
    number(falseMatches),
    number(falseNonMatches),
  ]);
  rows.push([
    'No face found',
    number(report.failuresToEnroll),
    number(report.failedPairs),
    report.failedPairs > 0 ? percent(0) : '–',
    '–',
    '–',
  ]);
  return section(
    {
      title: 'By how far the head is turned',
      lead: 'A rough estimate of |yaw| from where the tip of the nose lies between the eyes; a pair counts by the more turned of its faces. Where no face was found its pose is not known.',
    },
    table(['|Yaw|', 'Images', 'Pairs', 'Accuracy', 'False matches', 'False non-matches'], rows),
  );
}

function wrongSection(wrongPairs: readonly WrongPair[], pictures: LfwPageInput['pictures']): string {
  const cards = (same: boolean) =>
    wrongPairs
      .filter(({ pair }) => pair.same === same)
      .map(({ pair, threshold }) => {
        const names = same
          ? `<b>${name(pair.one)}</b> ${pair.one.number} and ${pair.other.number}`
          : `<b>${name(pair.one)}</b> ${pair.one.number}, <b>${name(pair.other)}</b> ${pair.other.number}`;
        const photos = [pair.one, pair.other].map((image) => svgPhoto(pictures.get(lfwImagePath(image)))).join('');
        return `<div class="card"><div class="photos">${photos}</div><p>${names}<br><span>distance ${pair.distance!.toFixed(3)}, threshold ${threshold.toFixed(3)}, line ${pair.line}</span></p></div>`;
      })
      .join('');
  const kinds = [
    ['Different people taken for one', cards(false)],
    ['One person taken for two', cards(true)],
  ] as const;
  const body = kinds
    .filter(([, list]) => list !== '')
    .map(([title, list]) => `<h3>${title}</h3><div class="cards">${list}</div>`)
    .join('');
  return section(
    {
      title: 'The worst pairs',
      lead:
        body === ''
          ? 'No pair with both faces found was decided wrongly.'
          : 'Wrongly decided pairs, farthest beyond their threshold first; the frame is the face that was taken. LFW itself has some wrong labels, and they gather here.',
    },
    body,
  );
}

function failureSection({ failedImages }: LfwReport, pictures: LfwPageInput['pictures']): string {
  const cards = failedImages
    .filter((path) => pictures.has(path))
    .map((path) => {
      const label = path.slice(path.indexOf('/') + 1).replace(/\.jpg$/, '');
      return `<div class="card"><div class="photos">${svgPhoto(pictures.get(path))}</div><p>${escapeHtml(label.replaceAll('_', ' '))}</p></div>`;
    })
    .join('');
  const lead =
    failedImages.length === 0
      ? 'A face was found in every image.'
      : `No face was found in ${failedImages.length === 1 ? 'this image' : `these ${number(failedImages.length)} images`}.`;
  return section({ title: 'Failures to enroll', lead }, cards === '' ? '' : `<div class="cards single">${cards}</div>`);
}

function howSection(report: LfwReport): string {
  const rows: [string, string][] = [
    ['Command', `<code>${escapeHtml(report.command)}</code>`],
    ['Date', escapeHtml(report.date)],
    ['Embedding space', `<code>${escapeHtml(report.space)}</code>`],
    [
      'Several faces',
      `${number(report.imagesWithSeveralFaces)} images have more than one face; the one nearest the image’s centre is taken.`,
    ],
    [
      'Threshold',
      'the middle between neighbouring distances that gets most pairs right; of equally good stretches the middle of the widest',
    ],
    ['Time', `${report.secondsPerImage.toFixed(3)} s an image, from file to embedding, when it was embedded`],
  ];
  return section(
    { title: 'How it was measured' },
    `<dl class="how">${rows.map(([term, says]) => `<dt>${term}</dt><dd>${says}</dd>`).join('')}</dl>`,
  );
}

/** What a reader has to know of a {@link TarAtFar}. */
export function tarNote({ threshold, resolved }: TarAtFar): string {
  if (threshold === Number.NEGATIVE_INFINITY) return 'no threshold holds it: too many impostor pairs without a face';
  return resolved ? 'of genuine pairs accepted' : 'coarse: too few impostor pairs to resolve';
}

function name(image: PairedImage): string {
  return escapeHtml(image.name.replaceAll('_', ' '));
}

function number(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}\u00a0%`;
}
