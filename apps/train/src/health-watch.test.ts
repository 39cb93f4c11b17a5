import type { TrainedStep } from '@kith/training/tfjs';
import { expect, test } from 'vitest';
import { collapsedAfter, createHealthWatch, type Health } from './health-watch.ts';
import type { ObjectiveSpec } from './objectives/objective-spec.ts';

const triplet: ObjectiveSpec = { kind: 'triplet', miner: 'semiHard', marginSquaredL2: 0.2, reducer: 'meanOfNonZero' };

/** A run's health, step by step. */
function watched(of: (iteration: number) => { loss: number; numbers?: Record<string, number> }, steps = 200): Health[] {
  const watch = createHealthWatch(triplet, { classes: 8 });
  return Array.from({ length: steps }, (_, i) => {
    const { loss, numbers = {} } = of(i + 1);
    return watch.look({ iteration: i + 1, loss, numbers } as unknown as TrainedStep);
  });
}

const signsOf = (run: readonly Health[]) => run.flatMap(({ news }) => news.map(({ sign }) => sign));

test('a loss at the margin is told once, and is a collapse once it has stayed', () => {
  const run = watched(() => ({ loss: 0.2 }));
  expect(signsOf(run)).toEqual(['lossAtMargin']);
  const told = run.findIndex(({ news }) => news.length > 0);
  expect(run.findIndex(({ collapse }) => collapse !== undefined)).toBe(told + collapsedAfter);
  expect(run.at(-1)!.collapse!.sign).toBe('lossAtMargin');
});

test('a sign that goes is no collapse, and is told again when it comes back', () => {
  const run = watched((iteration) => ({ loss: iteration % 60 < 40 ? 0.2 : 0.1 }), 300);
  expect(run.every(({ collapse }) => collapse === undefined)).toBe(true);
  expect(signsOf(run).length).toBeGreaterThan(2);
});

test('the spread is measured now and then, and its fall is seen all the same', () => {
  const run = watched((iteration) => ({
    loss: 0.1,
    ...(iteration % 25 === 1 ? { numbers: { deviation: 0.001 } } : {}),
  }));
  expect(signsOf(run)).toEqual(['varianceGone']);
  expect(run.at(-1)!.collapse!.sign).toBe('varianceGone');
});

test('a better validation begins the reckoning anew', () => {
  const watch = createHealthWatch(triplet, { classes: 8 });
  const collapsedAt = Array.from({ length: 300 }, (_, i) => {
    if (i === 90) watch.restart();
    return watch.look({ iteration: i + 1, loss: 0.2, numbers: {} } as unknown as TrainedStep).collapse;
  }).findIndex((collapse) => collapse !== undefined);
  expect(collapsedAt + 1).toBe(90 + collapsedAfter);
});

test('a run that learns shows nothing', () => {
  expect(
    signsOf(watched((iteration) => ({ loss: 1 / iteration, numbers: { deviation: 0.08, activeShare: 0.5 } }))),
  ).toEqual([]);
});

test('triplets that have no loss for long are no illness: there is nothing left to learn', () => {
  const run = watched(() => ({ loss: 0, numbers: { triplets: 0, activeShare: 0, deviation: 0.08 } }));
  expect(signsOf(run)).toEqual(['nothingMined', 'noneActive']);
  expect(run.at(-1)).toMatchObject({ collapse: undefined, isLearnt: true });
  expect(run[50]!.isLearnt).toBe(false);
});

test('advice goes by the miner and by how many people there are', () => {
  const remedyOf = (objective: ObjectiveSpec, inBatch: number) => {
    const watch = createHealthWatch(objective, { classes: 8, inBatch });
    const step = { loss: 0, numbers: { triplets: 9, activeShare: 0, deviation: 0.08 } };
    const run = Array.from({ length: 30 }, (_, i) => watch.look({ iteration: i, ...step } as unknown as TrainedStep));
    return run.flatMap(({ news }) => news.map(({ remedy }) => remedy)).join();
  };
  expect(remedyOf({ ...triplet, miner: 'batchHard' }, 8)).toBe(
    'Bring more photos or more people, or stop: it may be done.',
  );
  expect(remedyOf({ ...triplet, miner: 'batchHard' }, 4)).toMatch(/^Put more people into a batch/);
  expect(remedyOf(triplet, 4)).toMatch(/^Mine harder/);
});
