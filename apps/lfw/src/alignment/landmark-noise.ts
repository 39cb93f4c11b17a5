import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRandom } from '@kith/core';
import { faceApiLandmarks, landmarkDetector } from '@kith/detection';
import { openRuntime } from '@kith/network/runtime';
import { decodeImage, openRecognizer, readNetworkWeights, readPhoto } from '@kith/pipeline';
import { nearestToCentre, readListedImages } from '@kith/pipeline/data';
import { createProgress, required, runScript, usage, wholeNumber } from '@kith/terminal';
import { lookRepeatedly } from './landmark-noise-looks.ts';
import {
  deviations,
  type NoiseModel,
  noiseModel,
  scaledToMedian,
  symmetricCovariance,
} from './landmark-noise-model.ts';

const help = `Find how the landmark net's points vary together: prints packages/alignment/src/landmark-covariance-table.ts.

  node apps/lfw/dist/alignment/landmark-noise.js --images <dir> --pairs <View 1 list> [--count <photos>] [--looks <a face>]

Each face is looked at again and again, turned, mirrored, resampled, noisy, its box a little beside; what counts is how far the points
then are from the mean of that face's looks, each face counting the same.
`;

const modeCount = 32;
const shrinkage = 0.1;

function readOptions() {
  return parseArgs({
    options: {
      images: { type: 'string' },
      pairs: { type: 'string' },
      count: { type: 'string', default: '400' },
      looks: { type: 'string', default: '16' },
    },
  }).values;
}

await runScript(
  async ({ signal }) => {
    const options = usage(readOptions);
    const list = required(options.pairs, 'pairs');
    const { folder, paths: all } = await readListedImages(required(options.images, 'images'), [list]);
    const wanted = Math.min(wholeNumber(options.count, 'count'), all.length);
    const looks = wholeNumber(options.looks, 'looks');
    const recognizer = await openRecognizer();
    const runtime = await openRuntime();
    const weights = await readNetworkWeights(faceApiLandmarks);
    const detector = landmarkDetector(await runtime.load({ network: faceApiLandmarks, weights }));
    const progress = createProgress(wanted, { label: 'faces' });
    const faces: (readonly Float64Array[])[] = [];
    for (let i = 0; i < wanted; i++) {
      signal.throwIfAborted();
      const photo = await decodeImage(await readPhoto(join(folder, all[Math.floor((i * all.length) / wanted)]!)));
      const face = nearestToCentre(await recognizer.detect(photo), photo);
      if (face) {
        const found = await lookRepeatedly(photo, face.box, { detector, count: looks, random: createRandom(i) });
        faces.push(deviations(found));
      }
      progress.tick({ isWork: true });
    }
    progress.end();
    await recognizer.close();
    await runtime.dispose();
    const model = noiseModel(symmetricCovariance(scaledToMedian(faces), { looks }), { count: modeCount, shrinkage });
    process.stdout.write(describe(model, `${faces.length} faces of LFW's View 1, ${looks} looks each`));
  },
  { name: 'lfw', help },
);

function describe({ variances, modes }: NoiseModel, measuredOn: string): string {
  const hundredths = (values: Float64Array) =>
    `[\n${Array.from(
      { length: Math.ceil(values.length / 34) },
      (_, line) =>
        `    ${Array.from(values.subarray(line * 34, line * 34 + 34), (value) => Math.round(value * 100)).join(', ')},`,
    ).join('\n')}\n  ]`;
  const rows = Array.from({ length: modeCount }, (_, k) =>
    modes.subarray((k * modes.length) / modeCount, ((k + 1) * modes.length) / modeCount),
  );
  return `/** Made by apps/lfw/src/alignment/landmark-noise.ts from ${measuredOn}. All in hundredths of a mm, order x0, y0, x1, y1, …. */
// biome-ignore format: lines of 17 points
export const landmarkNoise = {
  /** Standard deviation of each coordinate. */
  deviations: ${hundredths(variances.map(Math.sqrt))},
  /** Directions in which coordinates vary together, each as long as its standard deviation, shrunk by ${shrinkage} of its variance. */
  modes: [${rows.map(hundredths).join(', ')}],
} as const;
`;
}
