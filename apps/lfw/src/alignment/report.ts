import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createImage, FaceError, type Image } from '@kith/core';
import { drawFaces } from '@kith/pipeline';
import { commandLine, createProgress, runScript, usage } from '@kith/terminal';
import { measureRecovery } from './camera-recovery.ts';
import { measureReal } from './real-part.ts';
import { type AlignmentReport, renderAlignmentPage, verdict } from './report-page.ts';
import { measureSmallNet } from './small-net/judge.ts';
import { hasSurreyModel } from './surrey-model.ts';
import { measureSynthetic, type SyntheticPicture, synthesizePictures, syntheticPhotos } from './synthetic-error.ts';
import { readScene } from './synthetic-scene.ts';

const parts = ['synthetic', 'camera', 'real', 'small-net'] as const;

const help = `Measure whether DeepFace's alignment helps: drawn heads, cameras, fixed networks on LFW's View 1, and a small DeepFace net.

  npm run report:alignment -- [--images <dir>] [--models3d <dir>] [--out <dir>] [--only <part>]

  --images <dir>    LFW, with its pair lists or --pairs; ../shared/datasets/lfw by default
  --pairs <dir>     folder of pairsDevTrain.txt and pairsDevTest.txt; that of the images by default
  --models3d <dir>  folder with surrey/; ../shared/models3d by default
  --fiw <dir>       Families in the Wild, which the small net is trained on; ../shared/datasets/fiw by default
  --cache <dir>     where landmarks, crops, embeddings and training runs are kept, .cache/alignment by default
  --out <dir>       where report.html and report.json come, report-alignment by default
  --only <part>     ${parts.join(', ')}
  --json            print the figures
  --help

A part whose data is not there is left out, and the page says so. Ctrl-C or SIGTERM keeps what is done.
`;

const args = process.argv.slice(2);

function readOptions() {
  const { values } = parseArgs({
    args,
    options: {
      images: { type: 'string', default: '../shared/datasets/lfw' },
      pairs: { type: 'string' },
      models3d: { type: 'string', default: '../shared/models3d' },
      fiw: { type: 'string', default: '../shared/datasets/fiw' },
      cache: { type: 'string', default: '.cache/alignment' },
      out: { type: 'string', default: 'report-alignment' },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  if (values.only !== undefined && !parts.some((part) => part === values.only)) {
    throw new FaceError('USAGE', `--only is one of ${parts.join(', ')}, got "${values.only}".`);
  }
  return values;
}

const seed = 1;

await runScript(
  async ({ signal }) => {
    const { images, pairs = images, models3d, fiw, cache, out, only, json } = usage(readOptions);
    const wants = (part: (typeof parts)[number]) => only === undefined || only === part;
    const skipped: string[] = [];
    const surrey = join(models3d, 'surrey');
    const isDrawn = wants('synthetic') || wants('camera');
    const scene = isDrawn && (await hasSurreyModel(surrey)) ? await readScene(surrey) : undefined;
    if (isDrawn && !scene) skipped.push(`drawn heads: there is no 3-D model in ${surrey}`);
    let report: AlignmentReport = {
      date: new Date().toISOString().slice(0, 10),
      command: commandLine('npm run report:alignment --', args),
      skipped,
    };
    let strip: Uint8Array | undefined;
    if (wants('synthetic') && scene) {
      const photosPerBin = 72;
      const progress = createProgress(syntheticPhotos(photosPerBin), { label: 'drawn heads' });
      const tick = () => progress.tick({ isWork: true });
      report = { ...report, synthetic: await measureSynthetic(scene, { photosPerBin, seed, tick, signal }) };
      progress.end();
      strip = await drawFaces(stripOf(synthesizePictures(scene, { seed: 2, yaws: [0, 30, 60] })), []);
    }
    if (wants('camera')) report = { ...report, recovery: measureRecovery({ scene, seed, trials: 1000 }) };
    const lists = ['pairsDevTrain.txt', 'pairsDevTest.txt'].map((file) => join(pairs, file)) as [string, string];
    if (wants('real') && lists.every((file) => existsSync(file))) {
      report = { ...report, real: await measureReal({ images, pairs: lists, cache, signal }) };
    } else if (wants('real')) skipped.push(`real faces: there are no ${lists.join(' and ')}`);
    const missing = [fiw, ...[...lists, join(pairs, 'pairs.txt')]].filter((path) => !existsSync(path));
    if (wants('small-net') && missing.length === 0) {
      report = { ...report, smallNet: await measureSmallNet({ images, pairs, fiw, cache, signal }) };
    } else if (wants('small-net')) skipped.push(`the small DeepFace net: there is no ${missing.join(', ')}`);
    await mkdir(out, { recursive: true });
    await writeFile(join(out, 'report.json'), `${JSON.stringify(report, undefined, 2)}\n`);
    await writeFile(join(out, 'report.html'), renderAlignmentPage(report, { strip }));
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : `${verdict(report)}\n${join(out, 'report.html')}\n`);
  },
  { name: 'lfw', help, isJson: args.includes('--json') },
);

/** Rows of a photo, 2-D, 3-D and the true front, each picture of the canonical size; the photo's middle is cut out. */
function stripOf(rows: readonly SyntheticPicture[]): Image {
  const side = rows[0]!.truth.width;
  const strip = createImage({ width: 4 * side, height: rows.length * side });
  rows.forEach(({ input, similarity, frontalized, truth }, row) => {
    [input, similarity, frontalized, truth].forEach((picture, column) => {
      const inset = (picture.width - side) >> 1;
      for (let y = 0; y < side; y++) {
        const from = ((y + inset) * picture.width + inset) * 3;
        strip.data.set(
          picture.data.subarray(from, from + 3 * side),
          ((row * side + y) * strip.width + column * side) * 3,
        );
      }
    });
  });
  return strip;
}
