import { FaceError } from '@kith/core';
import { expect, test } from 'vitest';
import { type ProbeTiming, probeRuntimes, runtimeNames } from './index.ts';

test('tells of each runtime its version and how fast it is, or why it does not load, and disposes of it', async () => {
  const batches: number[] = [];
  let disposed = 0;
  const probes = await probeRuntimes({
    version: async (name) => `of ${name}`,
    open: async (name) => {
      if (name === 'tfjs') throw new FaceError('RUNTIME_UNAVAILABLE', 'It is not installed. Install it.');
      const dispose = async () => void disposed++;
      const run = async ({ count, data }: { count: number; data: ArrayLike<number> }) => {
        expect(data.length).toBe(count * 112 * 112 * 3);
        batches.push(count);
        return [];
      };
      return { name, load: async () => ({ input: [112, 112, 3], outputs: [], run, dispose }), dispose };
    },
  });
  expect(probes.map(({ name }) => name)).toEqual(runtimeNames);
  expect(probes.map(({ available }) => available)).toEqual([true, true, false]);
  expect(probes[0]).toMatchObject({ version: 'of onnxruntime', timings: [{ batch: 1 }, { batch: 8 }] });
  const [one, eight] = (probes[0] as { timings: readonly ProbeTiming[] }).timings;
  for (const { millisecondsPerImage, gflops } of [one!, eight!]) {
    // MobileFaceNet's 221 million multiply-adds
    expect((gflops * millisecondsPerImage) / 2).toBeCloseTo(220.5, -1);
  }
  expect(probes[2]).toMatchObject({ reason: 'It is not installed. Install it' });
  expect(new Set(batches)).toEqual(new Set([1, 8]));
  expect(disposed).toBe(2);
});

test('knows the versions of what is here', async () => {
  const probes = await probeRuntimes();
  for (const probe of probes) if (probe.available) expect(probe.version).toMatch(/^\d+\.\d+\.\d+/);
  expect(probes[0]).toMatchObject({ name: 'onnxruntime', available: true });
});
