import { describe, expect, test } from 'vitest';
import { kith, kithJson } from './support/kith-process.ts';

interface Diagnosis {
  readonly node: string;
  readonly cores: number;
  readonly threads: number;
  readonly runtime: string | null;
  readonly runtimes: readonly {
    readonly name: string;
    readonly available: boolean;
    readonly reason?: string;
    readonly advice?: string;
    readonly timings?: readonly { readonly batch: number; readonly gflops: number }[];
  }[];
  readonly libraries: readonly { readonly name: string; readonly available: boolean }[];
  readonly models: readonly { readonly name: string; readonly available: boolean }[];
}

/** Starts a process in which packages whose names begin so cannot be found. */
function without(...packages: readonly string[]) {
  const hooks = `export async function resolve(name, context, next) {
    if (${JSON.stringify(packages)}.some((one) => name.startsWith(one))) throw new Error('Cannot find package ' + name);
    return next(name, context);
  }`;
  const url = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
  const register = `import { register } from 'node:module'; register(${JSON.stringify(url(hooks))});`;
  return { NODE_OPTIONS: `--import=${url(register)}` };
}

describe('kith doctor', () => {
  test('tells what works here and how fast it is', async () => {
    const { code, stderr, json } = await kithJson<Diagnosis>(['doctor'], { env: { KITH_THREADS: '1' } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(json).toMatchObject({ node: process.versions.node, threads: 1, runtime: 'onnxruntime' });
    expect(json.runtimes.map(({ name }) => name)).toEqual(['onnxruntime', 'onnxruntime-wasm', 'tfjs']);
    for (const { timings } of json.runtimes.slice(0, 2)) {
      expect(timings!.map(({ batch }) => batch)).toEqual([1, 8]);
      for (const { gflops } of timings!) expect(gflops).toBeGreaterThan(0);
    }
    expect(json.libraries.map(({ name }) => name)).toEqual(['sharp', 'sqlite', 'hnswlib']);
    expect(json.models).toContainEqual(expect.objectContaining({ name: 'dlib-resnet', available: true }));
  });

  test('an absent TensorFlow.js is no failure, and is told how to be added', async () => {
    const { code, stdout } = await kith(['doctor'], { env: without('@tensorflow/') });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^onnxruntime +works +\d+\.\d+\.\d+, in use +[\d.]+ ms +\d+ GFLOP\/s/m);
    expect(stdout).toMatch(/^tfjs +absent .+\n +.*npm install @tensorflow\/tfjs-node/m);
  });

  test('without the native library WebAssembly is in use; with neither the code is 70', async () => {
    const wasm = await kithJson<Diagnosis>(['doctor'], { env: without('onnxruntime-node') });
    expect(wasm).toMatchObject({ code: 0, json: { runtime: 'onnxruntime-wasm' } });
    expect(wasm.json.runtimes[0]).toMatchObject({ available: false, advice: expect.stringContaining('npm ci') });
    const none = await kith(['doctor'], { env: without('onnxruntime') });
    expect(none.code).toBe(70);
    expect(none.stdout).toMatch(/^onnxruntime +broken /m);
    expect(none.stdout).toContain('does not load');
  });

  test.each([{ KITH_RUNTIME: 'none' }, { KITH_THREADS: 'many' }])('refuses %j', async (env) => {
    expect(await kith(['doctor'], { env })).toMatchObject({ code: 2, stdout: '' });
  });
});
