import { createRequire } from 'node:module';
import { availableParallelism, cpus } from 'node:os';
import { versions } from 'node:process';
import type { RuntimeName } from '@kith/network';
import { probeRuntimes, type RuntimeProbe, wantedRuntimes, wantedThreads } from '@kith/network/runtime';
import { listModels, type ModelEntry } from './models/index.ts';

/** A library that kith stands on. */
export type LibraryProbe = {
  readonly name: string;
  /** Whether kith cannot do without it. */
  readonly needed: boolean;
} & (
  | { readonly available: true; readonly version: string }
  | { readonly available: false; readonly reason: string; readonly advice: string }
);

export interface Diagnosis {
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  /** That networks are run in. */
  readonly threads: number;
  /** What runs the networks unless a call says otherwise, if it works. */
  readonly runtime: RuntimeName | null;
  readonly runtimes: readonly (RuntimeProbe & { readonly advice?: string })[];
  readonly libraries: readonly LibraryProbe[];
  readonly models: readonly ModelEntry[];
}

export interface DiagnoseOptions {
  readonly probe?: () => Promise<readonly RuntimeProbe[]>;
  /** Name of the runtime that is asked for; that of `KITH_RUNTIME` where left out, else `auto`. */
  readonly wanted?: string;
  /** Loads a library and gives its version. */
  readonly load?: (name: LibraryName) => Promise<string>;
}

/**
 * Look at what kith stands on here: what loads, how fast it is, and what to do about what does not load.
 *
 * @throws {FaceError} `USAGE` where `KITH_RUNTIME` or `KITH_THREADS` cannot be meant.
 */
export async function diagnose({
  probe = probeRuntimes,
  wanted,
  load = loadLibrary,
}: DiagnoseOptions = {}): Promise<Diagnosis> {
  const [threads, candidates] = [wantedThreads(), wantedRuntimes(wanted)];
  const runtimes = await probe();
  const working = runtimes.filter(({ available }) => available).map(({ name }) => name);
  const names = Object.keys(libraries) as LibraryName[];
  return {
    node: versions.node,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    threads,
    runtime: working.find((name) => candidates.includes(name)) ?? null,
    runtimes: runtimes.map((runtime) => (runtime.available ? runtime : { ...runtime, advice: advice[runtime.name] })),
    libraries: await Promise.all(names.map((name) => probeLibrary(name, load))),
    models: await listModels(),
  };
}

const advice: Readonly<Record<RuntimeName, string>> = {
  onnxruntime: 'Run npm ci on this machine; until then KITH_RUNTIME=onnxruntime-wasm serves, more slowly.',
  'onnxruntime-wasm': 'Run npm ci. Only where onnxruntime does not load is it needed.',
  tfjs: 'Only training needs it: npm run setup:training adds it, elsewhere npm install @tensorflow/tfjs-node.',
};

const libraries = {
  sharp: { needed: true, advice: 'Photos are decoded by it: run npm ci on this machine.' },
  sqlite: { needed: true, advice: 'Galleries are kept in it: run npm ci, or npm rebuild better-sqlite3.' },
  hnswlib: {
    needed: false,
    advice: 'Large galleries are searched faster with it: npm install hnswlib-node. Without it every search is exact.',
  },
} as const;

export type LibraryName = keyof typeof libraries;

async function probeLibrary(name: LibraryName, load: (name: LibraryName) => Promise<string>): Promise<LibraryProbe> {
  const { needed, advice: help } = libraries[name];
  try {
    return { name, needed, available: true, version: await load(name) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { name, needed, available: false, reason: reason.trim().split('\n')[0]!, advice: help };
  }
}

interface Sqlite {
  prepare(query: string): { get(): { readonly version: string } };
  close(): void;
}

async function loadLibrary(name: LibraryName): Promise<string> {
  if (name === 'sharp') {
    const { default: sharp } = await import('sharp');
    await sharp({ create: { width: 1, height: 1, channels: 3, background: 'white' } })
      .png()
      .toBuffer();
    return sharp.versions.sharp ?? 'unknown';
  }
  // as the gallery finds them
  const require = createRequire(createRequire(import.meta.url).resolve('@kith/gallery/package.json'));
  if (name === 'hnswlib') {
    require('hnswlib-node');
    return (require('hnswlib-node/package.json') as { readonly version: string }).version;
  }
  const Database = require('better-sqlite3') as new (path: string) => Sqlite;
  const database = new Database(':memory:');
  try {
    return database.prepare('select sqlite_version() as version').get().version;
  } finally {
    database.close();
  }
}
