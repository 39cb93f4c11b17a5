// npm run datasets -- <fetch|verify|pin> <name> [--dir <folder>] [--json] [--quiet]
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { FaceError } from '@kith/core';
import { hashFile } from './checksum.ts';
import { fetchDataset, isWhole } from './fetch.ts';
import { formatImageList, imagePath } from './image-list.ts';
import { datasetNames, type Manifest, readManifest } from './manifest.ts';
import { namedImages } from './named-images.ts';
import { showProgress } from './progress.ts';
import { type Verdict, verifyDataset } from './verify.ts';

const help = `npm run datasets -- <command> <name> [options]

  fetch <name>    download what is missing, check it, unpack it; run again, it goes on where it stopped
  verify <name>   say what is missing or altered
  pin <name>      write the list of hashes anew from the images that the pair files name

  <name> is one of ${datasetNames.join(', ')}, or a manifest of your own (a .json file)

  --dir <folder>  where the set is or is to be; default: data/<name>
  --json          one JSON value on stdout
  --quiet         no progress

Exit code 0: whole. 1: something is missing, altered, or not to be had. 2: a wrong call.
`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  try {
    return await run(args);
  } catch (error) {
    const code = error instanceof FaceError ? error.code : undefined;
    const wrongCall = code === 'USAGE' || (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS') === true;
    if (code === undefined && !wrongCall) throw error;
    const { message } = error as Error;
    process.stderr.write(
      args.includes('--json') ? `${JSON.stringify({ code: code ?? 'USAGE', message })}\n` : `${message}\n`,
    );
    return wrongCall ? 2 : 1;
  }
}

async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      dir: { type: 'string' },
      json: { type: 'boolean' },
      quiet: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    process.stdout.write(help);
    return 0;
  }
  const [command, name, ...rest] = positionals;
  if (command === undefined || name === undefined || rest.length > 0) throw new FaceError('USAGE', help);
  const { manifest, listFile } = readManifest(name);
  const dir = resolve(values.dir ?? join('data', manifest.name));
  const quiet = values.quiet ?? false;
  if (command === 'pin') return pin(manifest, dir, { listFile, quiet });
  if (command !== 'fetch' && command !== 'verify') throw new FaceError('USAGE', help);
  const progress = showProgress(`${manifest.name}: checking`, { unit: 'files', quiet });
  const verdict =
    command === 'fetch'
      ? await fetchDataset(manifest, dir, { listFile, quiet })
      : await verifyDataset(manifest, dir, { listFile, progress });
  process.stdout.write(
    values.json === true
      ? `${JSON.stringify({ name: manifest.name, dir, whole: isWhole(verdict), ...verdict })}\n`
      : describe(manifest, dir, verdict),
  );
  return isWhole(verdict) ? 0 : 1;
}

function describe({ name, title, licence }: Manifest, dir: string, verdict: Verdict): string {
  const { missing, altered, extra, checked } = verdict;
  const named = (what: string, paths: readonly string[]) =>
    paths.length === 0
      ? []
      : [
          `  ${what}: ${paths.length}`,
          ...paths.slice(0, 10).map((path) => `    ${path}`),
          ...(paths.length > 10 ? ['    …'] : []),
        ];
  return `${[
    `${title} in ${dir}: ${isWhole(verdict) ? 'whole' : 'not whole'}, ${checked} files checked`,
    ...named('missing', missing),
    ...named('altered', altered),
    ...(extra.length > 0 ? [`  not pinned, so not checked: ${extra.length}`] : []),
    ...(isWhole(verdict)
      ? [`  licence: ${licence}`]
      : [`  to get what is missing: npm run datasets -- fetch ${name} --dir ${dir}`]),
  ].join('\n')}\n`;
}

/** Hash the images that the pair files name. */
async function pin(
  manifest: Manifest,
  dir: string,
  { listFile, quiet }: { readonly listFile: string | undefined; readonly quiet: boolean },
): Promise<number> {
  if (listFile === undefined) throw new FaceError('USAGE', `${manifest.name} has no list of images to write.`);
  const images = namedImages(manifest.files.map(({ file }) => join(dir, file)));
  const progress = showProgress(`${manifest.name}: hashing`, { unit: 'images', quiet });
  const hashes = new Map<string, string>();
  for (const { person, number } of images) {
    const path = imagePath(person, number);
    hashes.set(path, (await hashFile(join(dir, manifest.images.folder, path))).toString('base64url'));
    progress(hashes.size, images.length);
  }
  writeFileSync(listFile, formatImageList(hashes));
  process.stdout.write(`${hashes.size} images pinned in ${listFile}\n`);
  return 0;
}
