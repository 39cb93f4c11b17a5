import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FaceError } from '@kith/core';
import { alignColumns } from '@kith/network';
import { loadTensorFlow } from '@kith/network/tfjs';
import { allRequired, runScript, usage } from '@kith/terminal';
import { teacherWays } from './ablation/teacher-ways.ts';
import { tripletWays } from './ablation/triplet-ways.ts';
import { type Bench, settingsOf, trainWay, type Way, type WaySettings } from './ablation/way.ts';
import { prepareData } from './data/prepare-data.ts';
import { withoutDistances } from './export-model.ts';
import { assertTeachersAtHand } from './phase-data.ts';

const tables: ReadonlyMap<string, readonly Way[]> = new Map([
  ['triplets', tripletWays],
  ['teachers', teacherWays],
]);

const help = `Train a small Inception net in many ways with the same budget, faces and seed, and judge each on LFW's View 1.

  node apps/train/dist/ablation.js <table> --data <dir> --lfw <dir> [--out <dir>] [--cache <dir>]

  triplets   semi-hard triplets from nothing, and what comes of other miners, other batches, no L2, other dimensions, and
             a warm-up by CosFace, which sees three quarters of the faces; the triplets after it take shorter steps
  teachers   a student of dlib's network, of FaceNet's and of both, on faces as they are and on views of them;
             FaceNet's answers keep their mean, of dlib's half is taken off, as in kith's own students;
             FaceNet's weights lie in the folder that KITH_WEIGHTS names

  --data <dir>   photos to learn from, one folder a person
  --lfw <dir>    LFW with its pair lists
  --out <dir>    by default runs/ablation
  --cache <dir>  where faces, views and teachers' answers are kept, by default .cache/train, as of npm run train
  --help

A table takes from a quarter of an hour to hours on two cores, besides finding faces and asking teachers the first time. Each
way is a run of its own and sees as many faces: the time left that the first one shows, times the ways, is the whole.
Each way's run has a folder of its own below --out, by default runs/ablation: the same command again goes on.
The table is written to <table>.json there too, with every way's settings and its best and last validations.

Exit codes: 0 done, 1 training collapsed or diverged, 2 usage or another run's folder, 3 the data,
4 a full disk, a run that is locked or damaged, 70 a fault of ours, 130 stopped by Ctrl-C,
143 by SIGTERM, what is done being kept.
`;

await runScript(
  async ({ signal }) => {
    const { values, positionals } = usage(() =>
      parseArgs({
        allowPositionals: true,
        options: {
          data: { type: 'string' },
          lfw: { type: 'string' },
          out: { type: 'string', default: join('runs', 'ablation') },
          cache: { type: 'string', default: join('.cache', 'train') },
        },
      }),
    );
    const [table = '', ...more] = positionals;
    const ways = more.length === 0 ? tables.get(table) : undefined;
    if (!ways) throw new FaceError('USAGE', `Name one table of ${[...tables.keys()].join(', ')}.`);
    const { cache, out } = values;
    const needed = allRequired(values, ['data', 'lfw']);
    const data = await prepareData({ ...needed, cache, skipUnreadable: false, signal });
    for (const { recipe } of ways) await assertTeachersAtHand(recipe, { faces: data.faces, cache });
    const bench: Bench = { tf: await loadTensorFlow(), data, cache, out, signal };
    const rows: Row[] = [];
    for (const way of ways) {
      const { best, last } = await trainWay(way, bench);
      rows.push({
        way: way.name,
        settings: settingsOf(way),
        best: withoutDistances(best),
        last: withoutDistances(last),
      });
    }
    writeFileSync(join(out, `${table}.json`), `${JSON.stringify(rows, undefined, 2)}\n`);
    process.stdout.write(`${tableOf(rows)}\n`);
  },
  { name: 'ablation', help },
);

interface Row {
  readonly way: string;
  readonly settings: WaySettings;
  readonly best: Validation;
  readonly last: Validation;
}

type Validation = ReturnType<typeof withoutDistances>;

function tableOf(rows: readonly Row[]): string {
  const percent = (share = Number.NaN) => (100 * share).toFixed(1);
  const lines = alignColumns([
    ['way', 'View 1, test list, %', 'all pairs, best threshold, %', 'AUC', 'TAR@FAR 0.01, %'],
    ...rows.map(({ way, last: { accuracy, standardError, auc, bestAccuracy, tarAtFar } }) => [
      way,
      `${percent(accuracy)} ± ${percent(standardError)}`,
      percent(bestAccuracy),
      auc?.toFixed(4) ?? '',
      percent(tarAtFar?.['0.01']),
    ]),
  ]);
  return lines.join('\n');
}
