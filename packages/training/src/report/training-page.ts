import { base64, escapeHtml, type Figure, figures, page, section, table } from '@kith/evaluation';
import { type MeasuredValidation, spread } from './distance-charts.ts';
import type { HealthRecord, LogRecord, StepRecord, ValidationRecord } from './log-record.ts';
import { formatDuration, significant } from './progress-line.ts';
import { distancesSection, learningSection, numbersSection, validationSection } from './training-sections.ts';

/** A face of a triplet. */
export interface TripletFace {
  readonly png: Uint8Array;
  readonly person: string;
}

/** A triplet that the network gets wrong. */
export interface HardTriplet {
  readonly anchor: TripletFace;
  /** Another face of the anchor's person. */
  readonly positive: TripletFace;
  readonly negative: TripletFace;
  /** Squared L2 from the anchor, in [0, 4]. */
  readonly positiveDistance: number;
  readonly negativeDistance: number;
}

export interface TrainingPageInput {
  /** Such as the recipe's name. */
  readonly name: string;
  readonly config: object;
  /** What is learnt from, in words. */
  readonly data: string;
  readonly dataHash: string;
  readonly gitCommit: string;
  readonly seed: number;
  /** What it took, stops left out. */
  readonly seconds: number;
  readonly records: readonly LogRecord[];
  /** Hardest first. */
  readonly hardest?: readonly HardTriplet[];
  /** Further facts, such as the command, the teachers, why it ended. */
  readonly facts?: readonly (readonly [name: string, value: string])[];
}

/** The report on a training run as one self-contained page. */
export function trainingPage(input: TrainingPageInput): string {
  const steps = ofKind(input.records, 'step');
  const validations = ofKind(input.records, 'validation');
  const measured = validations.filter((each): each is MeasuredValidation => each.distances !== undefined);
  return page({
    title: `Training of ${input.name}`,
    body: [
      header(input, { steps, validations }),
      healthSection(ofKind(input.records, 'health')),
      learningSection(steps),
      validationSection(validations),
      validationTable(validations),
      distancesSection(measured),
      numbersSection(steps),
      hardestSection(input.hardest ?? []),
      howSection(input),
    ].join(''),
  });
}

interface Measured {
  readonly steps: readonly StepRecord[];
  readonly validations: readonly ValidationRecord[];
}

function header({ name, data, seconds }: TrainingPageInput, { steps, validations }: Measured): string {
  const best = bestOf(validations);
  const last = steps.at(-1);
  const headline = best
    ? `${best.accuracy.toFixed(4)}<small>± ${best.standardError.toFixed(4)} best validation accuracy${judgedOn(best)}${gainOf(best, validations)}</small>`
    : last
      ? `${significant(last.loss)}<small>loss, never validated</small>`
      : 'Nothing yet<small>no update was logged</small>';
  const list: Figure[] = [
    {
      name: 'Updates',
      value: (last?.iteration ?? 0).toLocaleString('en'),
      note: `${(last?.epoch ?? 0).toFixed(2)} epochs`,
    },
    { name: 'Duration', value: formatDuration(seconds) },
    { name: 'Images a second', value: speedOf(steps), note: 'median' },
    {
      name: 'Waiting for images',
      value: `${(100 * meanOf(steps.map(({ waitShare }) => waitShare))).toFixed(1)} %`,
      note: 'of the time',
    },
    { name: 'Loss', value: last ? significant(last.loss) : '–', note: 'of the last update logged' },
  ];
  if (best) list.push({ name: 'Best epoch', value: best.epoch.toFixed(2), note: `AUC ${best.auc.toFixed(4)}` });
  return `<header><p class="kicker">Training of ${escapeHtml(name)}</p><h1>${headline}</h1><p class="says">${escapeHtml(data)}</p>${figures(list)}</header>`;
}

function judgedOn({ pairs, people }: ValidationRecord): string {
  if (pairs === undefined) return '';
  return `, on ${pairs.toLocaleString('en')} pairs${people === undefined ? '' : ` of ${people.toLocaleString('en')} people`}`;
}

/** Said where the best is what training began with. */
function gainOf(best: ValidationRecord, validations: readonly ValidationRecord[]): string {
  return best.iteration === 0 && validations.length > 1 ? '; that of the start: nothing was gained so far' : '';
}

/** One entry for each finding, however often it was made. */
function healthSection(records: readonly HealthRecord[]): string {
  if (records.length === 0) return section({ title: 'Health', lead: 'Nothing was found wrong.' }, '');
  const findings = [...new Set(records.map(({ finding }) => finding))];
  const entries = findings.map((finding) => {
    const group = records.filter((record) => record.finding === finding);
    const [first, last] = [group[0]!, group.at(-1)!];
    const when =
      group.length === 1
        ? `at update ${first.iteration}`
        : `${group.length} times, from update ${first.iteration} to ${last.iteration}`;
    const name = `${last.severity === 'error' ? 'Error' : 'Warning'}: ${finding}`;
    return `<dt>${escapeHtml(name)}</dt><dd><b>${escapeHtml(last.detail)}</b> (${when}). ${escapeHtml(last.remedy)}</dd>`;
  });
  return section({ title: 'Health' }, `<dl class="how">${entries.join('')}</dl>`);
}

const mostRows = 12;

function validationTable(validations: readonly ValidationRecord[]): string {
  if (validations.length === 0) return '';
  const best = bestOf(validations);
  const fars = [...new Set(validations.flatMap(({ tarAtFar = {} }) => Object.keys(tarAtFar)))];
  const shown = validations.length <= mostRows ? validations : withBest(spread(validations, mostRows - 1), best!);
  const rows = shown.map((each) => [
    `${each.epoch.toFixed(2)}${each === best ? ' · best' : ''}`,
    each.iteration.toLocaleString('en'),
    `${each.accuracy.toFixed(4)} ± ${each.standardError.toFixed(4)}`,
    each.auc.toFixed(4),
    ...fars.map((far) => each.tarAtFar?.[far]?.toFixed(4) ?? '–'),
  ]);
  return `<h3>${shown.length < validations.length ? `${shown.length} of ${validations.length} validations` : 'Validations'}</h3>${table(['Epoch', 'Update', 'Accuracy', 'AUC', ...fars.map((far) => `TAR at FAR ${far}`)], rows)}`;
}

function withBest(shown: readonly ValidationRecord[], best: ValidationRecord): readonly ValidationRecord[] {
  if (shown.includes(best)) return shown;
  return [...shown, best].sort((a, b) => a.iteration - b.iteration);
}

function hardestSection(triplets: readonly HardTriplet[]): string {
  if (triplets.length === 0) return '';
  const cards = triplets.map(({ anchor, positive, negative, positiveDistance, negativeDistance }) => {
    const faces = [anchor, positive, negative].map(
      ({ png, person }) => `<img class="photo" src="data:image/png;base64,${base64(png)}" alt="${escapeHtml(person)}">`,
    );
    const told = `<b>${escapeHtml(anchor.person)}</b> <span>at ${positiveDistance.toFixed(3)} ·</span> <b>${escapeHtml(negative.person)}</b> <span>at ${negativeDistance.toFixed(3)}</span>`;
    return `<div class="card"><div class="photos">${faces.join('')}</div><p>${told}</p></div>`;
  });
  const isAnyWrong = triplets.some(({ positiveDistance, negativeDistance }) => positiveDistance >= negativeDistance);
  const lead = `Anchor, another face of the same person, and a face of someone else; squared L2 from the anchor. ${isAnyWrong ? 'A wrong label shows itself here first.' : 'None is wrong: these come nearest to it.'}`;
  return section({ title: 'The hardest triplets', lead }, `<div class="cards">${cards.join('')}</div>`);
}

function howSection({ config, dataHash, gitCommit, seed, facts = [] }: TrainingPageInput): string {
  const told: readonly (readonly [string, string])[] = [
    ['git commit', gitCommit],
    ['seed', String(seed)],
    ['data sha256', dataHash],
    ...facts,
  ];
  const list = (entries: readonly (readonly [string, string])[]) =>
    `<dl class="how">${entries.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd><code>${escapeHtml(value)}</code></dd>`).join('')}</dl>`;
  return section({ title: 'How it was trained' }, `${list(told)}<h3>Settings</h3>${list(leavesOf(config))}`);
}

/** Letters of a setting that are shown; a network's rows are thousands, and `config.json` has them. */
const mostShown = 200;

/** Every setting by its path. */
function leavesOf(value: unknown, path = ''): readonly (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return value === undefined ? [] : [[path, shown(typeof value === 'string' ? value : JSON.stringify(value))]];
  }
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, path === '' ? key : `${path}.${key}`));
}

function shown(text: string): string {
  return text.length > mostShown ? `${text.slice(0, mostShown)}… (whole in config.json)` : text;
}

function ofKind<Kind extends LogRecord['kind']>(records: readonly LogRecord[], kind: Kind) {
  return records.filter((record): record is Extract<LogRecord, { readonly kind: Kind }> => record.kind === kind);
}

function bestOf(validations: readonly ValidationRecord[]): ValidationRecord | undefined {
  return validations.reduce<ValidationRecord | undefined>(
    (best, each) => (best === undefined || scoreOf(each) > scoreOf(best) ? each : best),
    undefined,
  );
}

/** What training chooses by. */
function scoreOf({ accuracy, bestAccuracy = accuracy }: ValidationRecord): number {
  return bestAccuracy;
}

function speedOf(steps: readonly StepRecord[]): string {
  if (steps.length === 0) return '–';
  const sorted = Float64Array.from(steps, ({ imagesPerSecond }) => imagesPerSecond).sort();
  const median = sorted[sorted.length >> 1]!;
  return median.toFixed(median < 10 ? 1 : 0);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
