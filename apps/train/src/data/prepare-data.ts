import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom, FaceError, shuffled } from '@kith/core';
import { measured, openRecognizer, type Recognizer } from '@kith/pipeline';
import { imagesOf, type MeasuredFace, photosBelow, readListedImages, readPairs } from '@kith/pipeline/data';
import { type DisjointPeople, disjointPeople, type TrainingPerson } from '@kith/training';
import type { Pack } from '@kith/training/data';
import { assertReadable, cacheName, type FoundFaces, findFaces } from './find-faces.ts';
import { type JudgedPairs, listsOf, pairsOfLists, pairsOfPeople } from './judged-pairs.ts';
import { packFaces } from './pack-faces.ts';
import { landmarksInChips } from './turn-face.ts';

const view1 = ['pairsDevTrain.txt', 'pairsDevTest.txt'] as const;
/** Whoever is in any of LFW's lists is not trained on. */
const allLists = [...view1, 'pairs.txt'] as const;
/** Share of the people who judge where LFW does not, and the least of them. */
const heldOut = { share: 0.1, least: 2 } as const;

const mendOrSkip = 'Mend or remove them, or leave them out with --skip-unreadable.';

export interface PrepareOptions {
  /** Photos to learn from, one folder a person. */
  readonly data: string;
  /** LFW with its pair lists: its View 1 judges, and whoever may be in LFW is left out. Else some of the people judge. */
  readonly lfw: string | undefined;
  /** Where faces found and aligned are kept for the next run. */
  readonly cache: string;
  /** Go on where photos cannot be read. */
  readonly skipUnreadable: boolean;
  readonly signal: AbortSignal;
}

/** What there is to learn from, and to judge by. */
export interface PreparedData {
  /** Aligned faces to learn from. */
  readonly faces: Pack;
  /** Landmarks of the faces, px of their chips. Shape `[count, 68, 2]`. */
  readonly landmarks: Float32Array;
  /** Aligned faces to judge by, of other people. */
  readonly judging: Pack;
  readonly pairs: readonly JudgedPairs[];
  readonly account: DataAccount;
}

/** What a report says of the data. */
export interface DataAccount {
  readonly photos: number;
  readonly people: number;
  readonly faces: number;
  readonly withoutFace: number;
  readonly unreadable: readonly string[];
  /** Left out for being too close to someone of LFW. */
  readonly tooClose: DisjointPeople['tooClose'];
  /** Left out for having one face only. */
  readonly tooFew: DisjointPeople['tooFew'];
  /** What judges, in words. */
  readonly judgedBy: string;
}

/**
 * Find the faces of a folder of photos, keep those of people who do not judge, and align them; each is done once, and kept.
 *
 * @throws {FaceError} `TRAINING_DATA_UNFIT` when there is nothing to learn from; `IMAGE_UNREADABLE` with a list, unless they are to be
 * skipped; `CANCELLED`, what is done being kept.
 */
export async function prepareData(options: PrepareOptions): Promise<PreparedData> {
  const { data, lfw, cache, skipUnreadable, signal } = options;
  mkdirSync(cache, { recursive: true });
  const photos = await photosBelow(data);
  if (photos.length === 0) {
    throw new FaceError('TRAINING_DATA_UNFIT', `There is no photo below ${data}; put a folder a person there.`);
  }
  const recognizer = await openRecognizer();
  try {
    const found = await findFaces(recognizer, {
      ...{ folder: data, paths: photos, cache, signal },
      label: 'finding faces',
    });
    if (!skipUnreadable) assertReadable(found.unreadable, { folder: data, remedy: mendOrSkip });
    const judges = lfw === undefined ? undefined : await findJudges(recognizer, { lfw, cache, signal });
    const limit = measured(recognizer.model).decisions.points.find(({ fmr }) => fmr === 1e-6)!.threshold;
    const disjoint = disjointPeople(found.faces, judges?.faces ?? [], { photoThreshold: limit, meanThreshold: limit });
    const [learning, judging] = judges ? [disjoint.people, []] : splitPeople(disjoint.people);
    assertFit(data, { disjoint: { ...disjoint, people: learning }, found, photos });
    const name = join(cache, `${cacheName(data)}-${learning.length}`);
    const learnt = learning.flatMap(facesOf);
    const faces = await packFaces(`${name}-faces`, { folder: data, faces: learnt, signal, label: 'aligning' });
    const landmarks = landmarksInChips(learnt.map((face) => face.landmarks));
    const judged = await packFaces(judges ? join(cache, `${cacheName(lfw!)}-view1`) : `${name}-judging`, {
      ...{ folder: judges?.folder ?? data, faces: judges?.ofView1 ?? judging.flatMap(facesOf), signal },
      label: 'aligning judges',
    });
    const pairs = judges ? await pairsOfLists(listsOf(lfw!, view1), judged) : pairsOfPeople(judged);
    const judgedBy = judges ? "LFW's View 1" : `${judging.length} people held out, with ${judged.count} faces`;
    return {
      faces,
      landmarks,
      judging: judged,
      pairs,
      account: accountOf({ found, photos, disjoint, faces, judgedBy }),
    };
  } finally {
    await recognizer.close();
  }
}

interface Judges {
  readonly folder: string;
  readonly faces: readonly MeasuredFace[];
  readonly ofView1: readonly MeasuredFace[];
}

async function findJudges(
  recognizer: Recognizer,
  { lfw, cache, signal }: { readonly lfw: string; readonly cache: string; readonly signal: AbortSignal },
): Promise<Judges> {
  const { folder, paths } = await readListedImages(lfw, listsOf(lfw, allLists));
  const found = await findFaces(recognizer, { folder, paths, cache, signal, label: 'faces of LFW' });
  assertReadable(found.unreadable, { folder, remedy: 'All of LFW is needed to judge: bring these photos again.' });
  const wanted = new Set(imagesOf(await Promise.all(listsOf(lfw, view1).map(readPairs))));
  return { folder, faces: found.faces, ofView1: found.faces.filter(({ path }) => wanted.has(path)) };
}

/** Hold some people out to judge by, the same ones for the same people. */
function splitPeople<Person extends TrainingPerson>(
  people: readonly Person[],
): readonly [readonly Person[], readonly Person[]] {
  const wanted = Math.max(heldOut.least, Math.round(people.length * heldOut.share));
  const order = shuffled(people, createRandom(1));
  return [order.slice(wanted), order.slice(0, wanted)];
}

const facesOf = ({ faces }: TrainingPerson<MeasuredFace>): readonly MeasuredFace[] => faces;

interface Fitness {
  readonly disjoint: DisjointPeople;
  readonly found: FoundFaces;
  readonly photos: readonly string[];
}

/** Learning needs people to tell apart, several photos of each. */
function assertFit(data: string, { disjoint, found, photos }: Fitness): void {
  const { people, tooFew, tooClose } = disjoint;
  if (people.length >= 2) return;
  const loose = photos.filter((path) => !path.includes('/')).length;
  const why = [
    `${found.faces.length} faces found`,
    `${found.withoutFace} photos without one`,
    `${tooFew.people} people with a single face`,
    `${tooClose.people} people too close to LFW`,
    ...(loose > 0 ? [`${loose} photos in no person's folder`] : []),
  ];
  throw new FaceError(
    'TRAINING_DATA_UNFIT',
    `${data} leaves ${['nobody', '1 person'][people.length]} to learn from, expected at least 2 with two faces each, besides ${heldOut.least} who judge: ${why.join(', ')}.`,
  );
}

function accountOf({
  found,
  photos,
  disjoint,
  faces,
  judgedBy,
}: {
  readonly found: FoundFaces;
  readonly photos: readonly string[];
  readonly disjoint: DisjointPeople;
  readonly faces: Pack;
  readonly judgedBy: string;
}): DataAccount {
  const { tooClose, tooFew } = disjoint;
  const { withoutFace, unreadable } = found;
  const people = faces.people.length;
  return { photos: photos.length, people, faces: faces.count, withoutFace, unreadable, tooClose, tooFew, judgedBy };
}

/** What was learnt from, in words. */
export function accountText(account: DataAccount): string {
  const { photos, faces, people, withoutFace, unreadable, tooClose, tooFew } = account;
  return [
    `${photos} photos: ${faces} faces of ${people} people to learn from`,
    `${withoutFace} photos without a face found`,
    `${unreadable.length} unreadable`,
    `${tooClose.people} people (${tooClose.faces} faces) left out as too close to LFW`,
    `${tooFew.people} people with a single face`,
  ].join('; ');
}
