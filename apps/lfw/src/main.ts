import { parseArgs } from 'node:util';
import { type LfwReport, summarizeLfw, tarNote } from '@kith/evaluation';
import { commandLine, required, runScript, usage, wholeNumber } from '@kith/terminal';
import { evaluateList } from './evaluate-list.ts';
import { writeReport } from './write-report.ts';

const help = `Score a model on a pair list of Labeled Faces in the Wild.

  npm run lfw -- --images <dir> --pairs <file> [options]

  --images <dir>            folder with a folder for each person: lfw-deepfunneled, lfw, or the one above it
  --pairs <file>            pairs.txt (View 2), pairsDevTrain.txt or pairsDevTest.txt (View 1)
  --threshold-from <file>   take the threshold from another list; without it, View 2 takes each fold's from the other nine,
                            and View 1's own best is used, which flatters it
  --report <dir>            write report.json and report.html
  --limit <pairs>           a balanced part: the first pairs of each kind from each fold
  --model <name>            the model to score
  --cache <dir>             where embeddings are kept, .cache/lfw by default
  --json                    print one JSON value
  --help
`;

const args = process.argv.slice(2);

function readOptions() {
  const { values } = parseArgs({
    args,
    options: {
      images: { type: 'string' },
      pairs: { type: 'string' },
      'threshold-from': { type: 'string' },
      report: { type: 'string' },
      limit: { type: 'string' },
      model: { type: 'string' },
      cache: { type: 'string', default: '.cache/lfw' },
      json: { type: 'boolean', default: false },
    },
  });
  return values;
}

await runScript(
  async ({ signal }) => {
    const { images, pairs, report: folder, limit, model, cache, json, ...rest } = usage(readOptions);
    const thresholdFrom = rest['threshold-from'];
    const evaluation = await evaluateList({
      images: required(images, 'images'),
      pairs: required(pairs, 'pairs'),
      cache,
      signal,
      isQuiet: json,
      command: commandLine('npm run lfw --', args),
      ...(thresholdFrom === undefined ? {} : { thresholdFrom }),
      ...(limit === undefined ? {} : { limit: wholeNumber(limit, 'limit') }),
      ...(model === undefined ? {} : { model }),
    });
    if (folder !== undefined) await writeReport(folder, evaluation);
    const { report } = evaluation;
    process.stdout.write(json ? `${JSON.stringify(summarizeLfw(report))}\n` : describe(report, folder));
  },
  { name: 'lfw', help, isJson: args.includes('--json') },
);

function describe(report: LfwReport, folder: string | undefined): string {
  const { result } = report;
  const source = {
    'other folds': 'chosen on the other folds',
    'other list': `chosen on ${report.thresholdFile}`,
    'same list': 'chosen on this very list: flattering, not a result to quote',
  }[result.thresholdFrom];
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
  const rows: [string, string][] = [
    ['list', `${report.pairsFile}, ${report.pairs} pairs${report.limit === undefined ? '' : `: ${report.limit}`}`],
    ['protocol', report.protocol],
    ['model', `${report.model} (${report.space})`],
    ['threshold', `${result.folds.map(({ threshold }) => threshold.toFixed(4)).join(' ')}, ${source}`],
    ['accuracy', `${result.accuracy.toFixed(4)} ± ${result.standardError.toFixed(4)} (standard error)`],
    ['', `${percent(report.accuracyInterval[0])} – ${percent(report.accuracyInterval[1])} (95 %, resampling people)`],
    ...(result.stdOverFolds === null ? [] : [['std over folds', result.stdOverFolds.toFixed(4)] as [string, string]]),
    ['AUC', report.auc.toFixed(5)],
    ['EER', percent(report.eer)],
    ...report.tarAtFar.map((rate): [string, string] => [
      `TAR at FAR ${rate.far}`,
      `${rate.tar.toFixed(4)} (${tarNote(rate)})`,
    ]),
    [
      'face not found',
      `${report.failuresToEnroll} of ${report.images} images, ${report.failedPairs} pairs, all errors`,
    ],
    ['several faces', `${report.imagesWithSeveralFaces} images; the face nearest the centre is taken`],
    ['time', `${report.secondsPerImage.toFixed(3)} s an image`],
    ...(folder === undefined ? [] : [['report', `${folder}/report.html`] as [string, string]]),
  ];
  return `${rows.map(([name, value]) => `${name.padEnd(18)}${value}`).join('\n')}\n`;
}
