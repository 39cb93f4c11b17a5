import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRandom, formatSpace, shuffled } from '@kith/core';
import {
  type AllPairs,
  allPairs,
  calibrationCost,
  type DecisionTable,
  fitLogistic,
  measureOperatingPoints,
  measureReliability,
  minLogLikelihoodCost,
  type NearPeople,
  probabilityAt,
  renderCalibrationPage,
  type Scores,
  toScores,
} from '@kith/evaluation';
import { openRecognizer } from '@kith/pipeline';
import type { CachedPhoto } from './embedding-cache.ts';
import { findImageFolder, imagesOf, readPairs } from './lfw-images.ts';
import { measurePhotos } from './measure-photos.ts';
import { commandLine, required, runScript, usage } from './run-script.ts';

const help = `Measure a model's operating points and calibration on all pairs of LFW's View 1.

  node apps/lfw/dist/calibrate.js --images <dir> --pairs <View 1 list> [--pairs <another>] --out <file.json>

  --images <dir>    folder with a folder for each person: lfw-deepfunneled, lfw, or the one above it
  --pairs <file>    pairsDevTrain.txt, pairsDevTest.txt: whose images to take; every pair of them is measured
  --out <file>      the decision table; the report comes into --report
  --report <dir>    where calibration.html comes, lfw-report by default
  --model <name>    the model to measure
  --cache <dir>     where embeddings are kept, .cache/lfw by default
  --help
`;

const args = process.argv.slice(2);
/** Pairs of strangers listed in the report. */
const listedStrangers = 20;

function readOptions() {
  const { values } = parseArgs({
    args,
    options: {
      images: { type: 'string' },
      pairs: { type: 'string', multiple: true, default: [] },
      out: { type: 'string' },
      report: { type: 'string', default: 'lfw-report' },
      model: { type: 'string' },
      cache: { type: 'string', default: '.cache/lfw' },
      help: { type: 'boolean', default: false },
    },
  });
  return values;
}

await runScript(
  async ({ signal }) => {
    const options = usage(readOptions);
    if (options.help) {
      process.stdout.write(help);
      return;
    }
    const out = required(options.out, 'out');
    required(options.pairs[0], 'pairs');
    const lists = await Promise.all(options.pairs.map(readPairs));
    const folder = await findImageFolder(required(options.images, 'images'), lists);
    const recognizer = await openRecognizer(options.model === undefined ? {} : { model: options.model });
    const { name, space } = recognizer.model;
    const paths = imagesOf(lists);
    const photos = await measurePhotos(recognizer, { folder, paths, cache: options.cache, signal });
    recognizer.close();

    const { embeddings, identities, people } = collectFaces(photos, { dimension: space.dimension });
    say(`comparing ${identities.length} faces of ${people.length} people`);
    const pairs = allPairs(embeddings, identities);
    const impostorPairs = pairs.impostor.distances.length;
    say(`resampling people over ${impostorPairs.toLocaleString('en')} impostor pairs`);
    const { points, unresolved } = measureOperatingPoints(pairs);
    say('fitting the probability');
    const calibration = fitLogistic(toScores(pairs.genuine.distances, pairs.impostor.distances));
    const names = options.pairs.map((file) => basename(file)).join(' and ');
    const decisions: DecisionTable = {
      space,
      measuredOn: `LFW, ${names}: all ${impostorPairs.toLocaleString('en')} different-person pairs of the ${identities.length.toLocaleString('en')} faces found`,
      command: commandLine('node apps/lfw/dist/calibrate.js', args),
      date: new Date().toISOString().slice(0, 10),
      images: paths.length,
      identities: people.length,
      failuresToEnroll: paths.length - identities.length,
      genuinePairs: pairs.genuine.distances.length,
      impostorPairs,
      points,
      calibration,
    };
    const heldOut = crossFit(pairs, people.length);
    await mkdir(dirname(out), { recursive: true });
    await writeFile(out, `${JSON.stringify(decisions, undefined, 2)}\n`);
    await mkdir(options.report, { recursive: true });
    const nearest = nearestStrangers(pairs, people);
    const html = renderCalibrationPage(decisions, { model: name, pairs, heldOut, unresolved, nearest });
    await writeFile(join(options.report, 'calibration.html'), html);
    process.stdout.write(describe(decisions, { heldOut, unresolved }));
  },
  { isJson: false },
);

/** The found faces as rows, people numbered as they come. */
function collectFaces(photos: ReadonlyMap<string, CachedPhoto>, { dimension }: { readonly dimension: number }) {
  const found = [...photos].flatMap(([path, { face }]) => (face ? [{ person: path.split('/')[0]!, face }] : []));
  const people = [...new Set(found.map(({ person }) => person))];
  const numbers = new Map(people.map((person, number) => [person, number]));
  const embeddings = new Float32Array(found.length * dimension);
  for (const [row, { face }] of found.entries()) embeddings.set(face.embedding, row * dimension);
  return { embeddings, people, identities: Int32Array.from(found, ({ person }) => numbers.get(person)!) };
}

type HeldOut = Parameters<typeof renderCalibrationPage>[1]['heldOut'];

/** Fit on one half of the people, judge on the other, both ways; pairs across the halves take no part. */
function crossFit(pairs: AllPairs, people: number): HeldOut {
  const order = shuffled(
    Array.from({ length: people }, (_, person) => person),
    createRandom(1),
  );
  const half = new Uint8Array(people);
  for (const person of order.slice(0, people >> 1)) half[person] = 1;
  const sides = [0, 1].map((side): Scores => {
    const own = ({ distances, one, other }: AllPairs['genuine']) =>
      distances.filter((_, k) => half[one[k]!] === side && half[other[k]!] === side);
    return toScores(own(pairs.genuine), own(pairs.impostor));
  });
  const judged = [0, 1].map((side) => ({ scores: sides[side]!, curve: fitLogistic(sides[1 - side]!) }));
  const stated = (kind: keyof Scores) =>
    judged.flatMap(({ scores, curve }) => Array.from(scores[kind], (distance) => probabilityAt(curve, distance)));
  const mean = (of: (each: (typeof judged)[number]) => number) => (of(judged[0]!) + of(judged[1]!)) / 2;
  return {
    ...measureReliability(stated('genuine'), stated('impostor')),
    cllr: mean(({ scores, curve }) => calibrationCost(scores, curve)),
    minCllr: mean(({ scores }) => minLogLikelihoodCost(scores)),
  };
}

function nearestStrangers({ impostor }: AllPairs, people: readonly string[]): readonly NearPeople[] {
  const limit = impostor.distances.slice().sort()[listedStrangers - 1] ?? Number.POSITIVE_INFINITY;
  const near: NearPeople[] = [];
  for (const [k, distance] of impostor.distances.entries()) {
    if (distance <= limit) near.push({ one: people[impostor.one[k]!]!, other: people[impostor.other[k]!]!, distance });
  }
  return near.sort((one, other) => one.distance - other.distance).slice(0, listedStrangers);
}

function describe(
  decisions: DecisionTable,
  { heldOut, unresolved }: { readonly heldOut: HeldOut; readonly unresolved: readonly number[] },
): string {
  const { points, calibration, failuresToEnroll, images, measuredOn, space } = decisions;
  const rows = points.map(
    ({ fmr, threshold, fnmr, fmrInterval, fnmrInterval }) =>
      `${fmr.toExponential().padEnd(8)}${fmrInterval
        .map((rate) => rate.toExponential(1))
        .join(' – ')
        .padEnd(
          20,
        )}${threshold.toFixed(4).padEnd(11)}${fnmr.toFixed(4).padEnd(9)}${fnmrInterval.map((rate) => rate.toFixed(4)).join(' – ')}`,
  );
  return `${[
    `${measuredOn} (${formatSpace(space)})`,
    `face not found in ${failuresToEnroll} of ${images} images`,
    '',
    `${'FMR'.padEnd(8)}${'95 %'.padEnd(20)}${'threshold'.padEnd(11)}${'FNMR'.padEnd(9)}95 %`,
    ...rows,
    unresolved.length > 0 ? `not resolvable: ${unresolved.join(', ')} (fewer than 10 false matches expected)` : '',
    '',
    `P = 1 / (1 + exp(−(${calibration.slope.toFixed(3)} d + ${calibration.intercept.toFixed(3)})))`,
    `on people it was not fitted on: ECE ${heldOut.ece.toFixed(4)}, Brier ${heldOut.brier.toFixed(4)}, Cllr ${heldOut.cllr.toFixed(4)} of at least ${heldOut.minCllr.toFixed(4)}`,
  ].join('\n')}\n`;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
