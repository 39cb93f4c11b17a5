import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatSpace } from '@kith/core';
import { type CalibrationPageInput, type DecisionTable, renderCalibrationPage } from '@kith/evaluation';
import { openRecognizer } from '@kith/pipeline';
import { readListedImages } from '@kith/pipeline/data';
import { commandLine, required, runScript, usage } from '@kith/terminal';
import { measureDecisions } from './measure-decisions.ts';
import { measurePhotos } from './measure-photos.ts';

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
    },
  });
  return values;
}

await runScript(
  async ({ signal }) => {
    const options = usage(readOptions);
    const out = required(options.out, 'out');
    required(options.pairs[0], 'pairs');
    const { folder, paths } = await readListedImages(required(options.images, 'images'), options.pairs);
    const recognizer = await openRecognizer({
      isUnmeasured: true,
      ...(options.model === undefined ? {} : { model: options.model }),
    });
    const { name, space } = recognizer.model;
    const photos = await measurePhotos(recognizer, { folder, paths, cache: options.cache, signal });
    await recognizer.close();

    const { decisions, ...measured } = measureDecisions(photos, {
      space,
      lists: options.pairs.map((file) => basename(file)),
      command: commandLine('node apps/lfw/dist/calibrate.js', args),
      say: (text) => process.stderr.write(`${text}\n`),
    });
    await mkdir(dirname(out), { recursive: true });
    await writeFile(out, `${JSON.stringify(decisions, undefined, 2)}\n`);
    await mkdir(options.report, { recursive: true });
    const html = renderCalibrationPage(decisions, { model: name, ...measured });
    await writeFile(join(options.report, 'calibration.html'), html);
    process.stdout.write(describe(decisions, measured));
  },
  { name: 'lfw', help },
);

function describe(
  decisions: DecisionTable,
  { heldOut, unresolved }: Pick<CalibrationPageInput, 'heldOut' | 'unresolved'>,
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
    ...(unresolved.length > 0
      ? [`not resolvable: ${unresolved.join(', ')} (fewer than 10 false matches expected)`]
      : []),
    '',
    `P = 1 / (1 + exp(−(${calibration.slope.toFixed(3)} d + ${calibration.intercept.toFixed(3)})))`,
    `on people it was not fitted on: ECE ${heldOut.ece.toFixed(4)}, Brier ${heldOut.brier.toFixed(4)}, Cllr ${heldOut.cllr.toFixed(4)} of at least ${heldOut.minCllr.toFixed(4)}`,
  ].join('\n')}\n`;
}
