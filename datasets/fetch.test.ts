import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { formatImageList, imagePath } from './image-list.ts';

const program = fileURLToPath(new URL('./main.ts', import.meta.url));
const pairs = Buffer.from('1\t1\nAda_Lovelace\t1\t2\nAda_Lovelace\t1\tAlan_Turing\t1\n');
const images = new Map(
  [imagePath('Ada_Lovelace', 1), imagePath('Ada_Lovelace', 2), imagePath('Alan_Turing', 1)].map((path, i) => [
    path,
    noise(40_000, i),
  ]),
);
const archive = gzipSync(
  Buffer.concat([...[...images].map(([path, bytes]) => entry(`tiny/${path}`, bytes)), Buffer.alloc(1024)]),
);

let folder: string;
let server: Server;
/** What was asked for: path and range. */
let requests: string[];
/** Bytes after which the archive's next answers are cut off. */
let cuts: number[];
let served: Map<string, Buffer>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kith-datasets-'));
  requests = [];
  cuts = [];
  served = new Map([
    ['/pairs.txt', pairs],
    ['/tiny.tgz', archive],
  ]);
  server = createServer((request, response) => {
    const body = served.get(request.url ?? '');
    requests.push(`${request.url} ${request.headers.range ?? 'whole'}`);
    if (body === undefined) return response.writeHead(404).end();
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (start >= body.length) return response.writeHead(416).end();
    response.writeHead(start > 0 ? 206 : 200, { 'content-length': body.length - start });
    const cut = request.url === '/tiny.tgz' ? cuts.shift() : undefined;
    if (cut === undefined) return response.end(body.subarray(start));
    response.write(body.subarray(start, start + cut));
    // cut the connection once what was sent has reached the disk
    const part = join(folder, 'set', 'tiny.tgz.part');
    const timer = setInterval(() => {
      if (!existsSync(part) || statSync(part).size < start + cut) return;
      clearInterval(timer);
      response.destroy();
    }, 20);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
});

afterEach(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
});

test('fetch downloads, checks and unpacks; once whole, it asks for nothing more', async () => {
  const manifest = writeManifest();
  const first = await run('fetch', manifest);
  expect(first).toMatchObject({ code: 0, answer: { whole: true, missing: [], altered: [] } });
  for (const [path, bytes] of images) expect(readFileSync(join(folder, 'set', 'tiny', path)).equals(bytes)).toBe(true);
  requests = [];
  expect((await run('fetch', manifest)).code).toBe(0);
  expect(requests).toEqual([]);
  expect(leftovers()).toEqual([]);
});

test('a connection that is cut is taken up where it ended', async () => {
  cuts = [10_000, 20_000];
  expect(await run('fetch', writeManifest())).toMatchObject({ code: 0, answer: { whole: true } });
  expect(requests.filter((line) => line.startsWith('/tiny.tgz'))).toEqual([
    '/tiny.tgz whole',
    '/tiny.tgz bytes=10000-',
    '/tiny.tgz bytes=30000-',
  ]);
});

test('what an earlier run left is taken up; left by another file, it is thrown away', async () => {
  mkdirSync(join(folder, 'set'));
  writeFileSync(join(folder, 'set', 'tiny.tgz.part'), archive.subarray(0, 5000));
  writeFileSync(join(folder, 'set', 'pairs.txt.part'), 'something else');
  expect(await run('fetch', writeManifest())).toMatchObject({ code: 0, answer: { whole: true } });
  expect(requests).toContain('/tiny.tgz bytes=5000-');
  expect(requests.filter((line) => line.startsWith('/pairs.txt'))).toEqual([
    '/pairs.txt bytes=14-',
    '/pairs.txt whole',
  ]);
});

test('a file that is not the published one never appears under its name', async () => {
  served.set('/tiny.tgz', gzipSync(Buffer.from('another archive')));
  const { code, words } = await run('fetch', writeManifest());
  expect(code).toBe(1);
  expect(JSON.parse(words)).toMatchObject({
    code: 'DATASET_INCOMPLETE',
    message: expect.stringContaining(sha256(archive)),
  });
  expect(readdirSync(join(folder, 'set'))).toEqual(['pairs.txt']);
});

test('the second address is used where the first gives nothing', async () => {
  expect(await run('fetch', writeManifest({ path: '/gone.tgz', mirror: '/tiny.tgz' }))).toMatchObject({
    code: 0,
    answer: { whole: true },
  });
});

test('where there is no network, it says which file to put where', async () => {
  const manifest = writeManifest();
  server.close();
  server.closeAllConnections();
  const { code, words } = await run('fetch', manifest);
  expect(code).toBe(1);
  expect(JSON.parse(words).message).toContain(join(folder, 'set', 'tiny.tgz'));
  // the user does so
  writeFileSync(join(folder, 'set', 'tiny.tgz'), archive);
  writeFileSync(join(folder, 'set', 'pairs.txt'), pairs);
  expect(await run('fetch', manifest)).toMatchObject({ code: 0, answer: { whole: true } });
});

test.each([
  ['leads out of its folder', entry('tiny/../../evil.jpg', Buffer.from('evil'))],
  ['has an absolute path', entry('/tmp/evil.jpg', Buffer.from('evil'))],
  ['holds a link', entry('tiny/link', Buffer.alloc(0), { type: '2', link: '../../..' })],
])('an archive that %s is refused whole', async (_what, hostile) => {
  const bytes = gzipSync(
    Buffer.concat([entry(`tiny/${[...images][0]![0]}`, [...images][0]![1]), hostile, Buffer.alloc(1024)]),
  );
  served.set('/tiny.tgz', bytes);
  const { code, words } = await run('fetch', writeManifest({ content: bytes }));
  expect(code).toBe(1);
  expect(JSON.parse(words).code).toBe('DATASET_INCOMPLETE');
  expect(existsSync(join(folder, 'evil.jpg'))).toBe(false);
  expect(readdirSync(join(folder, 'set')).sort()).toEqual(['pairs.txt', 'tiny.tgz']);
});

test('an archive that is cut short is refused', async () => {
  const bytes = archive.subarray(0, archive.length - 30_000);
  served.set('/tiny.tgz', bytes);
  const { code, words } = await run('fetch', writeManifest({ content: bytes }));
  expect({ code, error: JSON.parse(words).code }).toEqual({ code: 1, error: 'DATASET_INCOMPLETE' });
  expect(existsSync(join(folder, 'set', 'tiny'))).toBe(false);
});

test('verify names what is missing and what is altered, and counts the rest', async () => {
  const manifest = writeManifest();
  await run('fetch', manifest);
  const [[first], [second]] = [...images] as [[string, Buffer], [string, Buffer]];
  rmSync(join(folder, 'set', 'tiny', first));
  writeFileSync(join(folder, 'set', 'tiny', second), 'altered');
  writeFileSync(join(folder, 'set', 'tiny', 'notes.txt'), 'mine');
  writeFileSync(join(folder, 'set', 'pairs.txt'), 'short');
  const { code, answer } = await run('verify', manifest);
  expect(code).toBe(1);
  expect(answer).toMatchObject({ missing: [`tiny/${first}`], extra: ['tiny/notes.txt'] });
  expect(answer.altered).toEqual([expect.stringContaining('pairs.txt'), `tiny/${second}`]);
  // and fetch mends it from the archive at hand
  expect(await run('fetch', manifest)).toMatchObject({ code: 0, answer: { whole: true } });
});

test('a wrong call ends with 2', async () => {
  expect((await run('fetch', 'no-such-set')).code).toBe(2);
  expect((await run('fetc', 'lfw')).code).toBe(2);
  expect((await run('fetch', 'lfw', '--no-such-option')).code).toBe(2);
});

interface Overrides {
  readonly path?: string;
  readonly mirror?: string;
  readonly content?: Buffer;
}

function writeManifest({ path = '/tiny.tgz', mirror, content = archive }: Overrides = {}): string {
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const hashes = new Map(
    [...images].map(([name, bytes]) => [name, createHash('sha256').update(bytes).digest('base64url')]),
  );
  writeFileSync(join(folder, 'tiny.sha256'), formatImageList(hashes));
  const manifest = {
    name: 'tiny',
    title: 'Tiny',
    homepage: base,
    licence: 'none',
    citation: [],
    files: [
      { file: 'pairs.txt', what: 'pairs', urls: [`${base}/pairs.txt`], bytes: pairs.length, sha256: sha256(pairs) },
    ],
    archive: {
      file: 'tiny.tgz',
      what: 'images',
      urls: [path, ...(mirror === undefined ? [] : [mirror])].map((name) => base + name),
      sha256: sha256(content),
    },
    images: { folder: 'tiny', list: 'tiny.sha256', count: images.size },
  };
  const file = join(folder, 'tiny.json');
  writeFileSync(file, JSON.stringify(manifest));
  return file;
}

async function run(...args: string[]): Promise<{ code: number | null; answer: { altered?: string[] }; words: string }> {
  const child = spawn(
    process.execPath,
    [
      '--conditions=kith-source',
      '--import',
      'tsx',
      program,
      ...args,
      '--dir',
      join(folder, 'set'),
      '--json',
      '--quiet',
    ],
    {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
    },
  );
  let stdout = '';
  let words = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    words += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, answer: stdout === '' ? {} : JSON.parse(stdout), words };
}

function leftovers(): string[] {
  return readdirSync(join(folder, 'set')).filter((name) => name.endsWith('.part') || name.startsWith('.'));
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Bytes that do not compress, so that cuts fall inside them. */
function noise(length: number, seed: number): Buffer {
  const blocks: Buffer[] = [];
  for (let i = 0; i * 32 < length; i++) blocks.push(createHash('sha256').update(`${seed} ${i}`).digest());
  return Buffer.concat(blocks).subarray(0, length);
}

/** One entry of a tar archive: a header of 512 bytes, and the content padded to whole blocks. */
function entry(name: string, content: Buffer, { type = '0', link = '' } = {}): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write(type, 156);
  header.write(link, 157);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}
