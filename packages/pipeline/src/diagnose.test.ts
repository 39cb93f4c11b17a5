import type { RuntimeProbe } from '@kith/network/runtime';
import { describe, expect, test } from 'vitest';
import { diagnose } from './diagnose.ts';

const works = (name: RuntimeProbe['name']): RuntimeProbe => ({ name, available: true, version: '1.0.0', timings: [] });
const fails = (name: RuntimeProbe['name']): RuntimeProbe => ({ name, available: false, reason: 'It is not there' });

describe('diagnose', () => {
  test.each([
    ['auto', [works('onnxruntime'), works('onnxruntime-wasm'), fails('tfjs')], 'onnxruntime'],
    ['auto', [fails('onnxruntime'), works('onnxruntime-wasm'), works('tfjs')], 'onnxruntime-wasm'],
    // TensorFlow.js serves only where it is asked to
    ['auto', [fails('onnxruntime'), fails('onnxruntime-wasm'), works('tfjs')], null],
    ['tfjs', [works('onnxruntime'), works('onnxruntime-wasm'), works('tfjs')], 'tfjs'],
    ['tfjs', [works('onnxruntime'), works('onnxruntime-wasm'), fails('tfjs')], null],
  ] as const)('with %s asked for, %j gives %s', async (wanted, probes, expected) => {
    const { runtime, runtimes } = await diagnose({ wanted, probe: async () => probes });
    expect(runtime).toBe(expected);
    for (const probe of runtimes) expect(probe.advice !== undefined).toBe(!probe.available);
  });

  test('tells of each library its version, or why it does not load and what helps', async () => {
    const { libraries } = await diagnose({
      probe: async () => [],
      load: async (name) => {
        if (name === 'hnswlib') throw new Error('Cannot find module\nRequire stack');
        return '3.2.1';
      },
    });
    expect(libraries).toEqual([
      { name: 'sharp', needed: true, available: true, version: '3.2.1' },
      { name: 'sqlite', needed: true, available: true, version: '3.2.1' },
      {
        name: 'hnswlib',
        needed: false,
        available: false,
        reason: 'Cannot find module',
        advice: expect.stringContaining('npm install hnswlib-node'),
      },
    ]);
  });

  test('finds the libraries that are here', async () => {
    const { libraries, models, cores, threads } = await diagnose({ probe: async () => [] });
    for (const library of libraries) if (library.needed) expect(library).toMatchObject({ available: true });
    expect(models.filter((model) => model.default)).toMatchObject([{ available: true }]);
    expect(threads).toBeGreaterThanOrEqual(1);
    expect(cores).toBeGreaterThanOrEqual(1);
  });

  test('refuses a runtime that is none', async () => {
    await expect(diagnose({ wanted: 'none' })).rejects.toMatchObject({ code: 'USAGE' });
  });
});
