import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { alignToTemplate, dlibChip5, dlibChip51, type Template } from '@kith/alignment';
import type { Embedder, LandmarkDetector } from '@kith/core';
import { faceApiLandmarks, type LandmarkLooks, landmarkDetector } from '@kith/detection';
import { dlibEmbedder, dlibResnet29, type FaceView } from '@kith/embedding';
import { allPairs, equalErrorRate, tarAtFar, toScores } from '@kith/evaluation';
import type { Runtime } from '@kith/network';
import { openRuntime } from '@kith/network/runtime';
import { decodeImage, openRecognizer, readNetworkWeights, readPhoto } from '@kith/pipeline';
import { nearestToCentre, readListedImages } from '@kith/pipeline/data';
import { createProgress, required, runScript, usage, wholeNumber } from '@kith/terminal';

const help = `Compare ways to find the points of a face, to align and to look at it, on all pairs of people with several photos in LFW's View 1.

  node apps/lfw/dist/ablation.js --images <dir> --pairs <View 1 list> [--pairs <another>] [--count <images>]

Same detector and networks in every row, which begins with the runs a face takes of the landmark net and of the recogniser.
`;

interface Variant {
  readonly looks: LandmarkLooks;
  readonly template: Template;
  readonly views: readonly FaceView[];
}

const templates: readonly Template[] = [dlibChip5(), dlibChip51()];
const viewSets: readonly (readonly FaceView[])[] = [
  ['whole'],
  ['whole', 'wholeMirrored'],
  ['whole', 'closerMirrored'],
  ['whole', 'wholeMirrored', 'closer', 'closerMirrored'],
];
const runsOfLooks: Readonly<Record<LandmarkLooks, number>> = { square: 1, upright: 2, uprightMirrored: 3 };
const allLooks = Object.keys(runsOfLooks) as readonly LandmarkLooks[];
const variants: readonly Variant[] = allLooks.flatMap((looks) =>
  templates.flatMap((template) => viewSets.map((views) => ({ looks, template, views }))),
);

function readOptions() {
  return parseArgs({
    options: {
      images: { type: 'string' },
      pairs: { type: 'string', multiple: true, default: [] },
      count: { type: 'string', default: '1000' },
    },
  }).values;
}

await runScript(
  async ({ signal }) => {
    const options = usage(readOptions);
    required(options.pairs[0], 'pairs');
    const { folder, paths: all } = await readListedImages(required(options.images, 'images'), options.pairs);
    const paths = ofPeopleWithSeveral(all).slice(0, wholeNumber(options.count, 'count'));
    const recognizer = await openRecognizer();
    const runtime = await openRuntime();
    const nets = await openNets(runtime);
    const progress = createProgress(paths.length, { label: 'faces' });
    const people: string[] = [];
    const rows: Float32Array[][] = variants.map(() => []);
    for (const path of paths) {
      signal.throwIfAborted();
      const image = await decodeImage(await readPhoto(join(folder, path)));
      const face = nearestToCentre(await recognizer.detect(image), image);
      progress.tick({ isWork: true });
      if (!face) continue;
      people.push(path.split('/')[0]!);
      for (const [v, { looks, template, views }] of variants.entries()) {
        const [points] = await nets.landmarks[looks].locate(image, [face.box]);
        const [embedding] = await nets.embedder(views).embed([alignToTemplate(image, points!, { template })]);
        rows[v]!.push(embedding!);
      }
    }
    progress.end();
    await recognizer.close();
    await runtime.dispose();
    process.stdout.write(describe(rows, people));
  },
  { name: 'lfw', help },
);

interface Nets {
  readonly landmarks: Readonly<Record<LandmarkLooks, LandmarkDetector>>;
  readonly embedder: (views: readonly FaceView[]) => Embedder;
}

async function openNets(runtime: Runtime): Promise<Nets> {
  const [points, face] = await Promise.all(
    [faceApiLandmarks, dlibResnet29].map(async (network) =>
      runtime.load({ network, weights: await readNetworkWeights(network) }),
    ),
  );
  const space = { model: 'ablation', preprocessing: '', dimension: 128 };
  return {
    landmarks: Object.fromEntries(allLooks.map((looks) => [looks, landmarkDetector(points!, { looks })])) as Record<
      LandmarkLooks,
      LandmarkDetector
    >,
    embedder: (views) => dlibEmbedder(face!, { space, views }),
  };
}

/** The images of people who have at least two, at most six of each. */
function ofPeopleWithSeveral(paths: readonly string[]): readonly string[] {
  const ofPerson = new Map<string, string[]>();
  for (const path of paths) {
    const person = path.split('/')[0]!;
    ofPerson.set(person, [...(ofPerson.get(person) ?? []), path]);
  }
  return [...ofPerson.values()].filter(({ length }) => length >= 2).flatMap((own) => own.slice(0, 6));
}

function describe(rows: readonly (readonly Float32Array[])[], people: readonly string[]): string {
  const numbers = new Map([...new Set(people)].map((person, number) => [person, number]));
  const identities = Int32Array.from(people, (person) => numbers.get(person)!);
  const lines = variants.map((variant, v) => {
    const embeddings = new Float32Array(people.length * 128);
    for (const [i, row] of rows[v]!.entries()) embeddings.set(row, i * 128);
    const { genuine, impostor } = allPairs(embeddings, identities);
    const scores = toScores(genuine.distances, impostor.distances);
    const tar = [1e-3, 1e-4].map((far) => tarAtFar(scores, far).tar.toFixed(4));
    return `${nameOf(variant).padEnd(70)}${(100 * equalErrorRate(scores)).toFixed(2).padStart(7)}${tar.map((rate) => rate.padStart(10)).join('')}`;
  });
  return `${people.length} faces of ${numbers.size} people\n${''.padEnd(70)}${'EER %'.padStart(7)}${'TAR@1e-3'.padStart(10)}${'TAR@1e-4'.padStart(10)}\n${lines.join('\n')}\n`;
}

function nameOf({ looks, template, views }: Variant): string {
  return `${runsOfLooks[looks]} + ${views.length}  ${looks}, ${template.anchors.length} points, ${views.join('+')}`;
}
