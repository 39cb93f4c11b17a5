import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { anchorPoints, dlibChip5, fitSimilarity } from '@kith/alignment';
import {
  averageLandmarks,
  type Landmarks,
  landmark,
  landmarkSchemes,
  mirrorLandmarks,
  transformLandmarks,
} from '@kith/core';
import { openRecognizer, readPhoto } from '@kith/pipeline';
import { readListedImages } from '@kith/pipeline/data';
import { createProgress, required, runScript, usage, wholeNumber } from '@kith/terminal';

const help = `Find where the 68 points of a mean face lie in dlib's chip: the table in packages/alignment/src/template-anchors.ts.

  node apps/lfw/dist/mean-face.js --images <dir> --pairs <View 1 list> [--count <images>]

Each face is brought into the chip by its eye corners and nose base alone; the mean over the faces is made symmetric.
`;

/** Shares of dlib's mean face that are within its chip: px = (0.25 + share) / 1.5 · 150 − 0.5. */
const toShare = { a: 1 / 100, b: 0, c: 0.5 / 100 - 0.25, d: 0, e: 1 / 100, f: 0.5 / 100 - 0.25 };

function readOptions() {
  return parseArgs({
    options: {
      images: { type: 'string' },
      pairs: { type: 'string' },
      count: { type: 'string', default: '400' },
    },
  }).values;
}

await runScript(
  async ({ signal }) => {
    const { images, pairs, count } = usage(readOptions);
    const list = required(pairs, 'pairs');
    const { folder, paths: all } = await readListedImages(required(images, 'images'), [list]);
    const wanted = Math.min(wholeNumber(count, 'count'), all.length);
    const recognizer = await openRecognizer();
    const progress = createProgress(wanted, { label: 'faces' });
    const faces: Landmarks[] = [];
    for (let i = 0; i < wanted; i++) {
      signal.throwIfAborted();
      const path = all[Math.floor((i * all.length) / wanted)]!;
      const found = await recognizer.detect(await readPhoto(join(folder, path)));
      if (found.length === 1) faces.push(inChip(found[0]!.landmarks));
      progress.tick({ isWork: true });
    }
    progress.end();
    await recognizer.close();
    process.stdout.write(`${faces.length} photos with one face\n${describe(symmetric(averageLandmarks(faces)))}\n`);
  },
  { name: 'lfw', help },
);

function inChip(landmarks: Landmarks): Landmarks {
  const template = dlibChip5();
  const toChip = fitSimilarity(
    anchorPoints(landmarks, template),
    template.anchors.map(([, place]) => place),
  );
  return transformLandmarks(transformLandmarks(landmarks, toChip), toShare);
}

/** The mean of a face and its mirror image, about the vertical line through dlib's nose base. */
function symmetric(face: Landmarks): Landmarks {
  const mirrored = transformLandmarks(face, { a: -1, b: 0, c: 2 * 0.4901123135679, d: 0, e: 1, f: 0 });
  return averageLandmarks([face, mirrorLandmarks(mirrored)]);
}

function describe(face: Landmarks): string {
  return Array.from({ length: landmarkSchemes[face.scheme] }, (_, i) => {
    const [x, y] = landmark(face, i);
    return `[${x.toFixed(3)}, ${y.toFixed(3)}], // ${i}`;
  }).join('\n');
}
