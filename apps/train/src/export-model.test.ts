import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dense, initialWeights, network } from '@kith/network';
import { readWeights } from '@kith/network/weights';
import type { ValidationRecord } from '@kith/training';
import { afterAll, expect, test } from 'vitest';
import type { DataAccount } from './data/prepare-data.ts';
import { type ExportTask, exportModel, summaryText, withoutDistances } from './export-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'kith-export-'));
afterAll(() => rmSync(folder, { recursive: true }));

const data: DataAccount = {
  ...{ photos: 40, people: 8, faces: 32, withoutFace: 0, unreadable: [], judgedBy: 'themselves' },
  ...{ tooClose: { people: 0, faces: 0 }, tooFew: { people: 0, faces: 0 } },
};
const net = network('tiny', { input: [4, 4, 3] }, [dense('fc', 4)]);
const weights = initialWeights(net);

function taskIn(
  dir: string,
  { judged, ...changes }: Partial<ExportTask> & { readonly judged?: Partial<ValidationRecord> } = {},
): ExportTask {
  const start = { name: 'anew', why: 'Starts from nothing.', weights, phases: [] } as const;
  const best: ValidationRecord = {
    ...{ kind: 'validation', iteration: 50, epoch: 1, accuracy: 0.9, standardError: 0.01, auc: 0.95 },
    ...{ pairs: 66, people: 2, ...judged },
  };
  const both = { best: withoutDistances(best), last: withoutDistances(best) };
  const phase = {
    name: 'one',
    iterations: 100,
    reason: 'done',
    seconds: 3,
    dataHash: 'd',
    report: '1-one/report.html',
  };
  return {
    out: join(folder, dir),
    recipe: {
      ...{ name: 'tiny', summary: '', teachers: [], start: 'anew', seed: 3, phases: [], network: net },
      crop: { sizePx: 4, padding: 0.25 },
    },
    ...{ start, weights, data, command: 'train', phases: [{ ...phase, ...both }] },
    ...changes,
  };
}

test('a model is written in half precision', async () => {
  const task = taskIn('half');
  const summary = await exportModel(task);
  expect(summary.model).toMatchObject({ file: 'model/tiny.safetensors', precision: 'half' });
  expect(JSON.parse(readFileSync(join(task.out, 'summary.json'), 'utf8'))).toEqual(summary);
  expect(summaryText(summary, task.out)).not.toContain('32-bit');
});

test('a model with a number that half precision cannot hold is written in single precision, and that is said', async () => {
  const own = new Map(weights).set('fc/bias', { shape: [4], data: Float32Array.of(1, 76_265, -3, 0.1) });
  const task = taskIn('single', { weights: own });
  const summary = await exportModel(task);
  expect(summary.model.precision).toBe('single');
  expect(summaryText(summary, task.out)).toMatch(/32-bit numbers, since half precision holds none above 65,504/);
  expect((await readWeights(join(task.out, summary.model.file))).weights).toEqual(own);
});

test('the text tells on how many pairs of how many people, and speaks of mixed-up faces only where there are any', async () => {
  const some = summaryText(await exportModel(taskIn('some')), 'out');
  expect(some).toContain('AUC 0.9500 on 66 pairs of 2 people, at update 50');
  expect(some).toContain('which faces it mixes up');
  const none = summaryText(await exportModel(taskIn('none', { judged: { accuracy: 1, iteration: 0 } })), 'out');
  expect(none).not.toContain('mixes up');
  expect(none).toContain('nothing was gained');
});
