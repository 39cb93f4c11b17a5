import { join } from 'node:path';
import type { FacePairs } from '@kith/alignment';
import { lfwImagePath, type PairList } from '@kith/evaluation';
import { measured, openRecognizer } from '@kith/pipeline';
import { imagesOf, type MeasuredFace, photosBelow, readListedImages, readPairs } from '@kith/pipeline/data';
import { type DisjointPeople, disjointPeople } from '@kith/training';
import { measuredFaces } from '../measured-faces.ts';
import { type AlignedSet, type PlacedFace, prepareSets } from './aligned-sets.ts';

/** Side of the small net's input, px. */
const sidePx = 76;

/** LFW's lists: those of View 1 are judged on; whoever is in any of them is not trained on. */
const listNames = ['pairsDevTrain.txt', 'pairsDevTest.txt', 'pairs.txt'] as const;

export interface SmallNetFolders {
  /** LFW's images. */
  readonly images: string;
  /** Folder of LFW's pair lists. */
  readonly pairs: string;
  /** Families in the Wild. */
  readonly fiw: string;
  /** Where landmarks, crops and runs are kept. */
  readonly cache: string;
  readonly signal: AbortSignal;
}

/** What the small net learns from and is judged on, cropped in each way. */
export interface SmallNetData {
  /** Training faces first, View 1's after them. */
  readonly sets: readonly AlignedSet[];
  /** Person of each training face. Shape `[training faces]`. */
  readonly labels: Int32Array;
  readonly classes: number;
  /** Pairs of View 1's lists as numbers of faces in a set; −1 where no face was found. */
  readonly train: FacePairs;
  readonly test: FacePairs;
  readonly left: Pick<DisjointPeople, 'tooClose' | 'tooFew'> & { readonly photosWithoutFace: number };
}

/** Find, choose and crop the faces, each once: what is done lies in the cache. */
export async function readSmallNetData({ images, pairs, fiw, cache, signal }: SmallNetFolders): Promise<SmallNetData> {
  const lists = listNames.map((name) => join(pairs, name));
  const { folder, paths } = await readListedImages(images, lists);
  const recognizer = await openRecognizer();
  const judging = await measuredFaces(recognizer, { folder, paths, file: join(cache, 'lfw.ndjson'), signal });
  const training = await measuredFaces(recognizer, {
    ...{ folder: fiw, paths: await photosBelow(fiw) },
    ...{ file: join(cache, 'fiw.ndjson'), signal },
  });
  const { points } = measured(recognizer.model).decisions;
  await recognizer.close();
  const thresholdAt = (fmr: number) => points.find((point) => point.fmr === fmr)!.threshold;
  const { people, tooClose, tooFew } = disjointPeople(training.filter(isFound), judging.filter(isFound), {
    photoThreshold: thresholdAt(1e-6),
    meanThreshold: thresholdAt(1e-5),
  });
  const own = people.flatMap(({ faces }) => faces.map((face) => ({ file: join(fiw, face.path), face })));
  const [trainList, testList] = await Promise.all([readPairs(lists[0]!), readPairs(lists[1]!)]);
  const wanted = new Set(imagesOf([trainList, testList]));
  const judged = judging.filter(isFound).filter(({ path }) => wanted.has(path));
  const all: readonly PlacedFace[] = [...own, ...judged.map((face) => ({ file: join(folder, face.path), face }))];
  const numbers = new Map(judged.map(({ path }, i) => [path, own.length + i]));
  return {
    sets: await prepareSets(all, { sidePx, cache, signal }),
    labels: Int32Array.from(people.flatMap(({ faces }, label) => faces.map(() => label))),
    classes: people.length,
    train: numberedPairs(trainList, numbers),
    test: numberedPairs(testList, numbers),
    left: { tooClose, tooFew, photosWithoutFace: training.filter((face) => face === undefined).length },
  };
}

function isFound(face: MeasuredFace | undefined): face is MeasuredFace {
  return face !== undefined;
}

function numberedPairs({ pairs }: PairList, numbers: ReadonlyMap<string, number>): FacePairs {
  return {
    one: Int32Array.from(pairs, ({ one }) => numbers.get(lfwImagePath(one)) ?? -1),
    other: Int32Array.from(pairs, ({ other }) => numbers.get(lfwImagePath(other)) ?? -1),
    isGenuine: Uint8Array.from(pairs, ({ same }) => (same ? 1 : 0)),
  };
}
