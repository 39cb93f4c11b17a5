import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FaceError } from '@kith/core';
import { alignColumns } from '@kith/network';
import { loadTensorFlow } from '@kith/network/tfjs';
import { required, runScript, usage } from '@kith/terminal';
import { teacherWays } from './ablation/teacher-ways.ts';
import { tripletWays } from './ablation/triplet-ways.ts';
import { type Bench, trainWay, type Way } from './ablation/way.ts';
import { prepareData } from './data/prepare-data.ts';
import type { PhaseOutcome } from './run-phase.ts';

const tables: ReadonlyMap<string, readonly Way[]> = new Map([
  ['triplets', tripletWays],
  ['teachers', teacherWays],
]);

const help = `Train a small Inception net in many ways that differ in one thing each, with the same budget, faces and seed,
and judge each on LFW's View 1.

  node apps/train/dist/ablation.js <table> --data <dir> --lfw <dir> [--out <dir>] [--cache <dir>]

  triplets   the miners, with and without L2, with and without a warm-up, dimensions
  teachers   a student of dlib's network, of FaceNet's and of both, on faces as they are and on views of them;
             FaceNet's weights lie in the folder that KITH_WEIGHTS names

Each way's run has a folder of its own below --out, by default runs/ablation: the same command again goes on.
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
    const bench: Bench = { tf: await loadTensorFlow(), data, cache, out, signal };
    const rows: Row[] = [];
    for (const way of ways) {
      const { last: judged } = await trainWay(way, bench);
      rows.push({ way: way.name, judged });
    }
    writeFileSync(join(out, `${table}.json`), `${JSON.stringify(rows, undefined, 2)}\n`);
    process.stdout.write(`${tableOf(rows)}\n`);
  },
  { name: 'ablation', help },
);

interface Row {
  readonly way: string;
  readonly judged: PhaseOutcome['last'];
}

function tableOf(rows: readonly Row[]): string {
  const percent = (share = Number.NaN) => (100 * share).toFixed(1);
  const lines = alignColumns([
    ['way', 'View 1, test list, %', 'all pairs, best threshold, %', 'AUC', 'TAR@FAR 0.01, %'],
    ...rows.map(({ way, judged: { accuracy, standardError, auc, bestAccuracy, tarAtFar } }) => [
      way,
      `${percent(accuracy)} ± ${percent(standardError)}`,
      percent(bestAccuracy),
      auc?.toFixed(4) ?? '',
      percent(tarAtFar?.['0.01']),
    ]),
  ]);
  return lines.join('\n');
}
