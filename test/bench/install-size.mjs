import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { peers, startPeer } from './peer.mjs';
import { formatTable, mebibytes } from './table.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const inModules = (name) => join(root, 'node_modules', ...name.split('/'));
/** Where installed things lie; Node itself, the system's libraries and the bench are not counted. */
const installed = ['node_modules', 'packages', 'apps'].map((name) => join(root, name, '/'));
const [kith, faceApiNode] = peers;

/** What is installed to serve with one, and the process that shows what of it is loaded. */
const installs = [
  { peer: kith, folders: () => [join(root, 'apps', 'kith')] },
  { peer: faceApiNode, folders: () => ['@vladmandic/face-api', '@tensorflow/tfjs-node'].map(inModules) },
];

/**
 * Add up what an installation takes on disk, and what of it one photo's way to its embedding loads.
 *
 * @param {string} photo
 */
export async function benchInstallSize(photo) {
  const rows = [];
  for (const { peer, folders } of installs) {
    const packages = closure(folders());
    const sizes = packages.map((folder) => ({ folder, ...bytesOf(folder) })).sort((a, b) => b.bytes - a.bytes);
    const loaded = await loadedFiles(peer, photo);
    const total = (of) => sizes.reduce((sum, size) => sum + of(size), 0);
    rows.push({
      peer: peer.name,
      packages: packages.length,
      installedBytes: total(({ bytes }) => bytes),
      foreignBytes: total(({ foreign }) => foreign),
      loadedBytes: loaded.reduce((sum, file) => sum + statSync(file).size, 0),
      largest: sizes.slice(0, 5).map(({ folder, bytes }) => ({ package: nameOf(folder), bytes })),
    });
  }
  return rows;
}

/** Folders of packages and all that they depend on at run time, found as Node finds them. */
function closure(folders) {
  const found = new Set();
  const visit = (folder) => {
    if (found.has(folder)) return;
    found.add(folder);
    const { dependencies = {}, optionalDependencies = {} } = manifestOf(folder);
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const next = resolveFrom(folder, name);
      if (next !== undefined) visit(next);
    }
  };
  for (const folder of folders) visit(realpathSync(folder));
  return [...found];
}

const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const nameOf = (folder) => manifestOf(folder).name;

function resolveFrom(folder, name) {
  for (let at = folder; ; at = dirname(at)) {
    const candidate = join(at, 'node_modules', ...name.split('/'));
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
    if (at === dirname(at)) return undefined;
  }
}

/**
 * Bytes of a package, and how many of them are libraries for other platforms. One of ours counts what it publishes; packages within a
 * package are counted for themselves.
 */
function bytesOf(folder) {
  const own = folder.startsWith(join(root, 'packages')) || folder.startsWith(join(root, 'apps'));
  const published = own ? (manifestOf(folder).files ?? []).filter((entry) => existsSync(join(folder, entry))) : ['.'];
  const files = published.flatMap((entry) => filesBelow(join(folder, entry)));
  const sum = (some) => some.reduce((bytes, file) => bytes + statSync(file).size, 0);
  return { bytes: sum(files), foreign: sum(files.filter(isForeign)) };
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isFile()) return [path];
    return entry.isDirectory() && entry.name !== 'node_modules' ? filesBelow(path) : [];
  });
}

/** Whether a file lies in a folder for another system or processor, as `bin/napi-v6/darwin/arm64` does. */
function isForeign(file) {
  const [, system, processor] = /[\\/](darwin|linux|win32)[\\/](arm64|x64|ia32)[\\/]/.exec(file) ?? [];
  return system !== undefined && (system !== process.platform || processor !== process.arch);
}

/** Files that a peer reads or maps on its way to a first embedding: modules by V8's coverage, data by what is asked of fs, libraries by the system's maps. */
async function loadedFiles(peer, photo) {
  const folder = mkdtempSync(join(tmpdir(), 'kith-bench-'));
  const reads = join(folder, 'reads.txt');
  try {
    const running = startPeer(peer, {
      nodeArgs: ['--require', fileURLToPath(new URL('peers/note-reads.cjs', import.meta.url))],
      env: { NODE_V8_COVERAGE: join(folder, 'coverage'), BENCH_READS: reads },
    });
    await running.ready;
    await running.load([photo]);
    await running.run({ count: 1 });
    const maps = `/proc/${running.pid}/maps`;
    const mapped = existsSync(maps) ? readFileSync(maps, 'utf8').match(/\/\S+$/gm) : [];
    await running.stop();
    const modules = readdirSync(join(folder, 'coverage')).flatMap((file) =>
      JSON.parse(readFileSync(join(folder, 'coverage', file), 'utf8'))
        .result.filter(({ url }) => url.startsWith('file:'))
        .map(({ url }) => fileURLToPath(url)),
    );
    const read = existsSync(reads) ? readFileSync(reads, 'utf8').split('\n') : [];
    const files = [...mapped, ...modules, ...read].filter((file) => existsSync(file) && statSync(file).isFile());
    const real = new Set(files.map((file) => realpathSync(file)));
    return [...real].filter((file) => installed.some((folder) => file.startsWith(folder)) && file !== photo);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function formatInstallSize(rows) {
  const table = formatTable(
    ['', 'installed', 'packages', 'for other platforms', 'loaded for a photo'],
    rows.map((row) => [
      row.peer,
      mebibytes(row.installedBytes),
      row.packages,
      mebibytes(row.foreignBytes),
      mebibytes(row.loadedBytes),
    ]),
  );
  const largest = rows.map(
    ({ peer, largest }) =>
      `largest of ${peer}: ${largest.map(({ package: name, bytes }) => `${name} ${mebibytes(bytes)}`).join(', ')}`,
  );
  return [table, ...largest].join('\n');
}
