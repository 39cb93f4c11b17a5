import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { alignToTemplate, dlibChip5, dlibChip51, type Template } from '@kith/alignment';
import { faceApiRecogniser, type RecogniserView } from '@kith/embedding';
import { allPairs, equalErrorRate, tarAtFar, toScores } from '@kith/evaluation';
import { decodeImage, loadBackend, openRecognizer, readPhoto } from '@kith/pipeline';
import { readListedImages } from './lfw-images.ts';
import { nearestToCentre } from './measure-photos.ts';
import { createProgress } from './progress.ts';
import { required, runScript, usage, wholeNumber } from './run-script.ts';

const help = `Compare ways to align and to look at a face, on all pairs of people with several photos in LFW's View 1.

  node apps/lfw/dist/ablation.js --images <dir> --pairs <View 1 list> [--pairs <another>] [--count <images>]

Same detector, landmarks and network in every row.
`;

interface Variant {
  readonly name: string;
  readonly template: Template;
  readonly views: readonly RecogniserView[];
}

const five = dlibChip5();
const fiftyOne = dlibChip51();
const variants: readonly Variant[] = [
  { name: '5 points, whole', template: five, views: ['whole'] },
  { name: '5 points, whole and mirrored', template: five, views: ['whole', 'wholeMirrored'] },
  { name: '51 points, whole', template: fiftyOne, views: ['whole'] },
  { name: '51 points, whole and mirrored', template: fiftyOne, views: ['whole', 'wholeMirrored'] },
  {
    name: '51 points, whole and closer, mirrored',
    template: fiftyOne,
    views: ['whole', 'wholeMirrored', 'closer', 'closerMirrored'],
  },
];

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
    const { faceApi } = await loadBackend();
    const { space } = recognizer.model;
    const embedders = variants.map(({ views }) => faceApiRecogniser(faceApi, { space, views }));
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
      for (const [v, { template }] of variants.entries()) {
        const [embedding] = await embedders[v]!.embed([alignToTemplate(image, face.landmarks, { template })]);
        rows[v]!.push(embedding!);
      }
    }
    progress.end();
    recognizer.close();
    process.stdout.write(describe(rows, people));
  },
  { help },
);

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
  const lines = variants.map(({ name }, v) => {
    const embeddings = new Float32Array(people.length * 128);
    for (const [i, row] of rows[v]!.entries()) embeddings.set(row, i * 128);
    const { genuine, impostor } = allPairs(embeddings, identities);
    const scores = toScores(genuine.distances, impostor.distances);
    const tar = [1e-3, 1e-4].map((far) => tarAtFar(scores, far).tar.toFixed(4));
    return `${name.padEnd(40)}${(100 * equalErrorRate(scores)).toFixed(2).padStart(7)}${tar.map((rate) => rate.padStart(10)).join('')}`;
  });
  return `${people.length} faces of ${numbers.size} people\n${''.padEnd(40)}${'EER %'.padStart(7)}${'TAR@1e-3'.padStart(10)}${'TAR@1e-4'.padStart(10)}\n${lines.join('\n')}\n`;
}
