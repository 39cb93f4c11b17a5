import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTensorFlow } from '@kith/network/tfjs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openEventWriter } from './event-writer.ts';
import { openRunFolder } from './run-folder.ts';
import { createTerminalProgress } from './terminal-progress.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const at = (iteration: number) => ({ iteration, epoch: 1, loss: 1, imagesPerSecond: 100, waitShare: 0 });

function run({ isTTY, columns }: { isTTY: boolean; columns?: number }): string[] {
  const written: string[] = [];
  const output = { isTTY, columns, write: (text: string) => written.push(text) };
  const progress = createTerminalProgress({ maxIterations: 150, iteration: 100 }, output);
  for (let iteration = 101; iteration <= 125; iteration++) {
    vi.advanceTimersByTime(1000);
    progress.show(at(iteration));
  }
  progress.note('validated');
  progress.end();
  return written;
}

test('without a terminal there is a line every ten seconds, with the time left by the pace since the start', () => {
  expect(run({ isTTY: false })).toEqual([
    '110/150, epoch 1.00, loss 1.000, 100 images/s, waiting 0 %, 0:40 left\n',
    '120/150, epoch 1.00, loss 1.000, 100 images/s, waiting 0 %, 0:30 left\n',
    'validated\n',
  ]);
});

test('on a terminal there is a bar no wider than it, below what is noted', () => {
  const written = run({ isTTY: true, columns: 50 });
  expect(written[0]).toBe('\r\u001b[K█████████████░░░░░░░ 101/150, epoch 1.00, loss 1.0');
  expect(written).toHaveLength(27);
  expect(written[25]).toBe(`\r\u001b[Kvalidated\n${written[24]!.slice(4)}`);
  expect(written[24]).toContain('125/150');
  expect(written[26]).toBe('\r\u001b[K');
});

test('events are written where TensorFlow can, and left out where it cannot', async ({ skip }) => {
  vi.useRealTimers();
  const tf = await loadTensorFlow();
  const { node: _, ...without } = tf as typeof tf & { node?: unknown };
  expect(openEventWriter(without as typeof tf, 'nowhere')).toBeUndefined();
  if (!('node' in tf)) skip('TensorFlow’s own library is not installed');
  const folder = mkdtempSync(join(tmpdir(), 'kith-events-'));
  const run = await openRunFolder(folder, { config: {}, gitCommit: 'c', dataHash: 'd', tf });
  run.record({ kind: 'validation', iteration: 5, epoch: 1, accuracy: 0.9, standardError: 0.01, auc: 0.95 });
  expect(run.log.records()).toHaveLength(1);
  run.close();
  const [file] = readdirSync(join(folder, 'events'));
  expect(readFileSync(join(folder, 'events', file!), 'latin1')).toContain('validation/accuracy');
  rmSync(folder, { recursive: true });
});
