import { createRandom, type EmbeddingSpace, shuffled } from '@kith/core';
import {
  type AllPairs,
  allPairs,
  type CalibrationPageInput,
  calibrationCost,
  type DecisionTable,
  fitLogistic,
  measureOperatingPoints,
  measureReliability,
  minLogLikelihoodCost,
  type NearPeople,
  probabilityAt,
  type Scores,
  toScores,
} from '@kith/evaluation';
import type { CachedPhoto } from './embedding-cache.ts';

/** Pairs of strangers listed in the report. */
const listedStrangers = 20;

type HeldOut = CalibrationPageInput['heldOut'];

export interface DecisionOptions {
  readonly space: EmbeddingSpace;
  /** Names of the pair lists whose images these are. */
  readonly lists: readonly string[];
  readonly command: string;
  /** Is told what goes on. */
  readonly say: (text: string) => void;
}

/** A decision table and what its report shows besides. */
export interface MeasuredDecisions extends Omit<CalibrationPageInput, 'model'> {
  readonly decisions: DecisionTable;
}

/** Compare every face with every other, and find thresholds and probabilities from that. Minutes for thousands of photos. */
export function measureDecisions(
  photos: ReadonlyMap<string, CachedPhoto>,
  { space, lists, command, say }: DecisionOptions,
): MeasuredDecisions {
  const { embeddings, identities, people } = collectFaces(photos, space);
  say(`comparing ${identities.length} faces of ${people.length} people`);
  const pairs = allPairs(embeddings, identities);
  const { genuine, impostor } = pairs;
  const count = impostor.distances.length.toLocaleString('en');
  say(`resampling people over ${count} impostor pairs`);
  const { points, unresolved } = measureOperatingPoints(pairs);
  say('fitting the probability');
  const calibration = fitLogistic(toScores(genuine.distances, impostor.distances));
  const decisions: DecisionTable = {
    space,
    measuredOn: `LFW, ${lists.join(' and ')}: all ${count} different-person pairs of the ${identities.length.toLocaleString('en')} faces found`,
    command,
    date: new Date().toISOString().slice(0, 10),
    images: photos.size,
    identities: people.length,
    failuresToEnroll: photos.size - identities.length,
    genuinePairs: genuine.distances.length,
    impostorPairs: impostor.distances.length,
    points,
    calibration,
  };
  const heldOut = crossFit(pairs, people.length);
  return { decisions, pairs, unresolved, heldOut, nearest: nearestStrangers(pairs, people) };
}

/** The found faces as rows, people numbered as they come. */
function collectFaces(photos: ReadonlyMap<string, CachedPhoto>, { dimension }: EmbeddingSpace) {
  const found = [...photos].flatMap(([path, { face }]) => (face ? [{ person: path.split('/')[0]!, face }] : []));
  const people = [...new Set(found.map(({ person }) => person))];
  const numbers = new Map(people.map((person, number) => [person, number]));
  const embeddings = new Float32Array(found.length * dimension);
  for (const [row, { face }] of found.entries()) embeddings.set(face.embedding, row * dimension);
  return { embeddings, people, identities: Int32Array.from(found, ({ person }) => numbers.get(person)!) };
}

/** Fit on one half of the people, judge on the other, both ways; pairs across the halves take no part. */
function crossFit(pairs: AllPairs, people: number): HeldOut {
  const order = shuffled(
    Array.from({ length: people }, (_, person) => person),
    createRandom(1),
  );
  const half = new Uint8Array(people);
  for (const person of order.slice(0, people >> 1)) half[person] = 1;
  const sides = [0, 1].map((side): Scores => {
    const own = ({ distances, one, other }: AllPairs['genuine']) =>
      distances.filter((_, k) => half[one[k]!] === side && half[other[k]!] === side);
    return toScores(own(pairs.genuine), own(pairs.impostor));
  });
  const judged = [0, 1].map((side) => ({ scores: sides[side]!, curve: fitLogistic(sides[1 - side]!) }));
  const stated = (kind: keyof Scores) =>
    judged.flatMap(({ scores, curve }) => Array.from(scores[kind], (distance) => probabilityAt(curve, distance)));
  const mean = (of: (each: (typeof judged)[number]) => number) => (of(judged[0]!) + of(judged[1]!)) / 2;
  return {
    ...measureReliability(stated('genuine'), stated('impostor')),
    cllr: mean(({ scores, curve }) => calibrationCost(scores, curve)),
    minCllr: mean(({ scores }) => minLogLikelihoodCost(scores)),
  };
}

function nearestStrangers({ impostor }: AllPairs, people: readonly string[]): readonly NearPeople[] {
  const limit = impostor.distances.slice().sort()[listedStrangers - 1] ?? Number.POSITIVE_INFINITY;
  const near: NearPeople[] = [];
  for (const [k, distance] of impostor.distances.entries()) {
    if (distance <= limit) near.push({ one: people[impostor.one[k]!]!, other: people[impostor.other[k]!]!, distance });
  }
  return near.sort((one, other) => one.distance - other.distance).slice(0, listedStrangers);
}
