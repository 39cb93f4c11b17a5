import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { syntheticPhoto } from '../datasets/synthetic-face.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const libraries = [
  'core',
  'network',
  'detection',
  'alignment',
  'embedding',
  'evaluation',
  'gallery',
  'pipeline',
  'training',
];
const natives = ['better-sqlite3', 'hnswlib-node'];

let folder: string;
/** What a user's empty folder becomes once the tarballs are installed there. */
let consumer: string;
let tarballs: Map<string, string>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kith-packaging-'));
  consumer = join(folder, 'consumer');
  mkdirSync(consumer);
  const workspaces = [...libraries.map((name) => `packages/${name}`), 'apps/kith'].flatMap((path) => ['-w', path]);
  await npm(['pack', ...workspaces, '--pack-destination', folder, '--loglevel=error'], root);
  tarballs = new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith('.tgz'))
      .map((name) => [name.replace(/-\d.*$/, ''), join(folder, name)]),
  );
  write('package.json', JSON.stringify({ name: 'consumer', private: true }));
  await npm(
    [
      'install',
      '--ignore-scripts',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      ...tarballs.values(),
    ],
    consumer,
  );
  // what their install scripts would build, from where it has been built: a compiler's two minutes
  for (const name of natives) {
    const built = join(root, 'node_modules', name, 'build', 'Release');
    if (existsSync(built)) cpSync(built, join(consumer, 'node_modules', name, 'build', 'Release'), { recursive: true });
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a tarball holds what is built and the sources it maps to, and no tests', () => {
  for (const name of libraries) {
    const files = filesOf(join(consumer, 'node_modules', '@kith', name));
    expect(files).toEqual(expect.arrayContaining(['dist/index.js', 'dist/index.d.ts', 'src/index.ts']));
    expect(files.filter((file) => /\.test\.|tsbuildinfo/.test(file))).toEqual([]);
  }
});

test('every package can be imported and required, and gives the same names both ways', async () => {
  const names = libraries.map((name) => `@kith/${name}`);
  write(
    'import.mjs',
    `for (const name of ${JSON.stringify(names)}) console.log(name, Object.keys(await import(name)).sort().join());`,
  );
  write(
    'require.cjs',
    `for (const name of ${JSON.stringify(names)}) console.log(name, Object.keys(require(name)).filter((key) => key !== '__esModule').sort().join());`,
  );
  const imported = await node('import.mjs');
  expect(imported.split('\n').filter((line) => /^@kith\/\w+ .+/.test(line))).toHaveLength(names.length);
  expect(await node('require.cjs')).toBe(imported);
});

test('the types hold in a strict consumer, as a module and as CommonJS', async () => {
  write(
    'tsconfig.json',
    JSON.stringify({
      compilerOptions: {
        module: 'nodenext',
        target: 'es2023',
        strict: true,
        noEmit: true,
        exactOptionalPropertyTypes: true,
        types: [],
      },
      files: ['uses.mts', 'uses.cts'],
    }),
  );
  const uses = `
    const recognizer = await openRecognizer();
    const answer: Verification = await recognizer.compare(new Uint8Array(), new Uint8Array(), { fmr: 0.001 });
    const distance: number = answer.distance;
    // @ts-expect-error: a distance is no string, so the types are there and are not any
    const wrong: string = answer.distance;
    export { distance, wrong };`;
  write(
    'uses.mts',
    `import type { Verification } from '@kith/core';\nimport { cascade } from '@kith/detection';\nimport { dlibChip5 } from '@kith/alignment';\nimport { dlibEmbedder } from '@kith/embedding';\nimport { openGalleryStore } from '@kith/gallery';\nimport { operatingPointAt } from '@kith/evaluation';\nimport { openRecognizer } from '@kith/pipeline';\nexport { cascade, dlibChip5, dlibEmbedder, openGalleryStore, operatingPointAt };\n${uses}`,
  );
  write(
    'uses.cts',
    `import { FaceError } from '@kith/core';\nimport pipeline = require('@kith/pipeline');\nexport const open: typeof pipeline.openGallery = pipeline.openGallery;\nexport const code = (error: FaceError) => error.code;`,
  );
  const { stdout } = await execute(
    process.execPath,
    [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', consumer],
    { cwd: consumer },
  ).catch((error) => error);
  expect(stdout).toBe('');
});

test('the weights are found: two photos of one person are told from two people', async () => {
  for (const [file, identity, view] of [
    ['a.jpg', 1, 0],
    ['b.jpg', 1, 3],
    ['c.jpg', 4, 0],
  ] as const) {
    write(file, await syntheticPhoto({ identity, view }));
  }
  write(
    'embed.mjs',
    `import { openRecognizer, readPhoto } from '@kith/pipeline';
     const recognizer = await openRecognizer();
     const [a, b, c] = await Promise.all(['a.jpg', 'b.jpg', 'c.jpg'].map(readPhoto));
     const [same, different] = [await recognizer.compare(a, b), await recognizer.compare(a, c)];
     console.log(JSON.stringify({ same: same.distance, different: different.distance }));
     await recognizer.close();`,
  );
  const { same, different } = JSON.parse((await node('embed.mjs')).trim().split('\n').at(-1)!);
  expect(same).toBeGreaterThan(0);
  expect(same).toBeLessThan(different);
});

test('the command is installed and keeps a gallery', async () => {
  write('face.jpg', await syntheticPhoto({ identity: 2 }));
  const bin = join(
    consumer,
    'node_modules',
    'kith',
    JSON.parse(readFileSync(join(consumer, 'node_modules', 'kith', 'package.json'), 'utf8')).bin.kith,
  );
  expect(existsSync(join(consumer, 'node_modules', '.bin', process.platform === 'win32' ? 'kith.cmd' : 'kith'))).toBe(
    true,
  );
  const enrolled = JSON.parse(await node(bin, 'enroll', 'someone', 'face.jpg', '--json'));
  expect(enrolled.files).toEqual([expect.objectContaining({ status: 'enrolled' })]);
  expect(JSON.parse(await node(bin, 'list', '--json')).subjects).toEqual([{ subject: 'someone', faces: 1 }]);
});

describe.each(libraries)('@kith/%s', (name) => {
  test('publint and arethetypeswrong find nothing', async () => {
    await execute(process.execPath, [
      binOf('publint', 'publint'),
      'run',
      join(root, 'packages', name),
      '--strict',
      '--pack',
      'false',
    ]);
    await execute(process.execPath, [
      binOf('@arethetypeswrong/cli', 'attw'),
      tarballs.get(`kith-${name}`)!,
      '--profile',
      'esm-only',
      '--no-definitely-typed',
    ]);
  });
});

const execute = promisify(execFile);

async function node(file: string, ...args: string[]): Promise<string> {
  const { stdout } = await execute(process.execPath, [file, ...args], {
    cwd: consumer,
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' },
  });
  return stdout;
}

async function npm(args: string[], cwd: string): Promise<void> {
  const script = process.env.npm_execpath;
  if (script?.endsWith('.js')) await execute(process.execPath, [script, ...args], { cwd });
  else await execute('npm', args, { cwd, shell: process.platform === 'win32' });
}

function binOf(packageName: string, command: string): string {
  const home = join(root, 'node_modules', ...packageName.split('/'));
  const { bin } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  return join(home, typeof bin === 'string' ? bin : bin[command]);
}

function write(file: string, content: string | Uint8Array): void {
  writeFileSync(join(consumer, file), content);
}

function filesOf(home: string): string[] {
  return readdirSync(home, { recursive: true, encoding: 'utf8' }).map((path) => path.split('\\').join('/'));
}
