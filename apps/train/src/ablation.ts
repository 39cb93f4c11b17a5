import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FaceError } from '@kith/core';
import { alignColumns } from '@kith/network';
import { loadTensorFlow } from '@kith/network/tfjs';
import { required, runScript, usage } from '@kith/terminal';
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

Each way's run has a folder of its own below --out, by default runs/ablation: the same command again goes on.
The table is written to <table>.json there too, with every way's settings and its best and last validations.
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
    const lfw = required(values.lfw, 'lfw');
    const data = await prepareData({ data: required(values.data, 'data'), lfw, cache, skipUnreadable: false, signal });
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
