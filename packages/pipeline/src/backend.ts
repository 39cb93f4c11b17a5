import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FaceError } from '@kith/core';
import type { FaceApiModule as Detecting } from '@kith/detection';
import type { FaceApiModule as Embedding } from '@kith/embedding';

/** What runs the networks: TensorFlow's own library, or WebAssembly where that cannot be loaded. */
export type BackendName = 'tensorflow' | 'wasm';

/** One of face-api's nets, as a holder of weights. */
export interface Net {
  readonly isLoaded: boolean;
  loadFromDisk(folder: string): Promise<void>;
  dispose(): void;
}

type NetName = keyof Detecting['nets'] | keyof Embedding['nets'];

/** face-api, as far as kith uses it. */
export type FaceApi = Detecting & Embedding & { readonly nets: Readonly<Record<NetName, Net>> };

export interface Backend {
  readonly name: BackendName;
  readonly faceApi: FaceApi;
}

export interface BackendOptions {
  /** `auto` takes TensorFlow where it loads, else WebAssembly. */
  readonly backend?: BackendName | 'auto';
}

let loading: Promise<Backend> | undefined;

/**
 * Load face-api with a backend, once a process. `KITH_BACKEND` sets the default.
 *
 * @throws {FaceError} `USAGE` for an unknown name, or another backend than the one this process has loaded; `RUNTIME_UNAVAILABLE` when none loads.
 */
export async function loadBackend({ backend = backendFromEnvironment() }: BackendOptions = {}): Promise<Backend> {
  // what another call wanted and could not have says nothing about this one
  await loading?.catch(() => undefined);
  loading ??= load(backend).catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  const loaded = await loading;
  if (backend !== 'auto' && backend !== loaded.name) {
    throw new FaceError('USAGE', `This process runs on backend "${loaded.name}", so it cannot load "${backend}" too.`);
  }
  return loaded;
}

function backendFromEnvironment(): BackendName | 'auto' {
  const name = process.env.KITH_BACKEND ?? 'auto';
  if (name !== 'auto' && name !== 'tensorflow' && name !== 'wasm') {
    throw new FaceError('USAGE', `KITH_BACKEND is auto, tensorflow or wasm, got "${name}".`);
  }
  return name;
}

async function load(wanted: BackendName | 'auto'): Promise<Backend> {
  const causes: unknown[] = [];
  for (const name of wanted === 'auto' ? (['tensorflow', 'wasm'] as const) : [wanted]) {
    try {
      return { name, faceApi: await loaders[name]() };
    } catch (cause) {
      causes.push(cause);
    }
  }
  throw new FaceError(
    'RUNTIME_UNAVAILABLE',
    `No backend could be loaded (wanted: ${wanted}). Run \`npm run setup\`, or set KITH_BACKEND=wasm. ${causes.map(String).join(' ')}`,
    { cause: causes.at(-1) },
  );
}

const require = createRequire(import.meta.url);

const loaders: Readonly<Record<BackendName, () => Promise<FaceApi>>> = {
  async tensorflow() {
    // TensorFlow reports its CPU features on standard error unless told not to
    process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
    restoreUtilities();
    require('@tensorflow/tfjs-node');
    return require('@vladmandic/face-api/dist/face-api.node.js') as FaceApi;
  },
  async wasm() {
    const wasm = require('@tensorflow/tfjs-backend-wasm') as { setWasmPaths(folder: string): void };
    const tf = require('@tensorflow/tfjs') as { setBackend(name: string): Promise<boolean>; ready(): Promise<void> };
    wasm.setWasmPaths(join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist/'));
    if (!(await tf.setBackend('wasm'))) throw new FaceError('RUNTIME_UNAVAILABLE', 'WebAssembly did not start.');
    await tf.ready();
    return require('@vladmandic/face-api/dist/face-api.node-wasm.js') as FaceApi;
  },
};

/** Node 23 took away helpers of `util` that tfjs-node 4.22 calls. */
function restoreUtilities(): void {
  const util = require('node:util') as Record<string, unknown>;
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  util.isArray ??= Array.isArray;
}
