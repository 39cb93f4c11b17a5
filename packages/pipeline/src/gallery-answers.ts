import { createHash } from 'node:crypto';
import { type Box, type Candidate, type Embedding, type EmbeddingSpace, FaceError } from '@kith/core';
import { assertSubject, type EmbeddingGallery } from '@kith/gallery';
import { answerProbability, type Decision, decide, type HeldThreshold, thresholdFor } from './decide.ts';
import type { LocatedFace } from './locate-faces.ts';
import { measured } from './models/index.ts';
import { type CompareOptions, type FaceOptions, isRecognizable, type Recognizer } from './recognizer.ts';

export interface EnrollOptions extends FaceOptions {
  /** What the photo is called, for people to read. */
  readonly file?: string;
}

export interface Enrollment {
  readonly id: string;
  /** `unchanged` when this very photo was enrolled for the subject before. */
  readonly status: 'enrolled' | 'unchanged';
}

/** A 1:1 answer against all faces of a subject; the rate held is that of all these comparisons together. */
export interface SubjectDecision extends Decision {
  readonly subject: string;
  /** The subject's nearest face. */
  readonly id: string;
  /** How many faces the subject has. */
  readonly faces: number;
}

export interface IdentifyOptions extends FaceOptions {
  /** False positive identification rate to hold, in (0, 1). */
  readonly fpir?: number;
  /** The most candidates a face gets. */
  readonly top?: number;
}

/** What one face of a photo was identified as. */
export interface IdentifiedFace {
  readonly box: Box;
  /** The nearest subject where it is near enough, else null. */
  readonly accepted: string | null;
  /** How many subjects are within the threshold, also beyond the candidates; more than 1 is a reason to look twice. */
  readonly within: number;
  /** Nearest first; none for a face too poor to be told from others. */
  readonly candidates: readonly Candidate[];
  /** Why the face has no candidates. */
  readonly code?: 'FACE_QUALITY_LOW';
}

/** A 1:N answer, one entry a face, the largest face first; `held` is the FPIR. */
export interface Identification extends HeldThreshold {
  readonly faces: readonly IdentifiedFace[];
  /** How many enrolled faces were searched. */
  readonly searched: number;
  readonly space: EmbeddingSpace;
}

/** An open store and the way to its recogniser, which loads when first asked for. */
export interface GalleryParts {
  readonly store: EmbeddingGallery;
  readonly recognizer: () => Promise<Recognizer>;
}

/** @see Gallery.enroll */
export async function enrollPhoto(
  { store, recognizer }: GalleryParts,
  subject: string,
  { photo, file = '', largest = false }: EnrollOptions & { readonly photo: Uint8Array },
): Promise<Enrollment> {
  // told at once, before seconds of work
  assertSubject(subject);
  const contentHash = createHash('sha256').update(photo).digest('hex');
  const known = store.contains(subject, contentHash);
  if (known) return { id: known.id, status: 'unchanged' };
  const { embedding, box, landmarks, quality } = await (await recognizer()).face(photo, { largest });
  return store.enroll(subject, { embedding, contentHash, file, box, landmarks, quality });
}

/** @see Gallery.verify */
export async function verifyPhoto(
  { store, recognizer }: GalleryParts,
  subject: string,
  { photo, fmr = 0.001, largest = false }: CompareOptions & { readonly photo: Uint8Array },
): Promise<SubjectDecision> {
  // an unknown subject is told at once, before seconds of work
  store.show(subject);
  const { model, face } = await recognizer();
  const { embedding } = await face(photo, { largest });
  const { distance, id, faces } = await store.verify(subject, embedding);
  return { ...decide(measured(model), distance, { rate: fmr, comparisons: faces }), subject, id, faces };
}

/** What the gallery answered for one face. */
type Search = Awaited<ReturnType<EmbeddingGallery['identify']>> & { readonly embedding: Embedding };

/** @see Gallery.identify */
export async function identifyPhoto(
  { store, recognizer }: GalleryParts,
  { photo, fpir = 0.01, top = 5, largest = false }: IdentifyOptions & { readonly photo: Uint8Array },
): Promise<Identification> {
  const { model, detect } = await recognizer();
  const found = await detect(photo, { largest });
  if (found.length === 0)
    throw new FaceError('FACE_NOT_FOUND', 'No face was found in the photo, expected at least one.');
  if (!found.some(isRecognizable)) {
    throw new FaceError(
      'FACE_QUALITY_LOW',
      `Each of the photo's faces (${found.length}) is too small to be told from others.`,
    );
  }
  const searches = new Map<LocatedFace, Search>();
  const recognizable = found.filter(isRecognizable);
  const embeddings = await model.embed(recognizable.map(({ aligned }) => aligned));
  for (const [i, face] of recognizable.entries()) {
    const embedding = embeddings[i]!;
    searches.set(face, { embedding, ...(await store.identify(embedding, { top })) });
  }
  const searched = Math.max(...Array.from(searches.values(), ({ faces }) => faces));
  const { decisions } = measured(model);
  const threshold = thresholdFor({ decisions }, fpir, { comparisons: Math.max(1, searched) });
  const limit = threshold.operatingPoint.threshold;
  const answer = async (face: LocatedFace): Promise<IdentifiedFace> => {
    const search = searches.get(face);
    if (!search) return { box: face.box, accepted: null, within: 0, candidates: [], code: 'FACE_QUALITY_LOW' };
    const candidates = search.candidates.map(({ subject, distance }) => ({
      subject,
      distance,
      probability: answerProbability(decisions.calibration, distance),
    }));
    const nearest = candidates[0];
    const accepted = nearest && nearest.distance <= limit ? nearest.subject : null;
    const within = await countWithin(store, search, { limit, top });
    return { box: face.box, accepted, within, candidates };
  };
  return { faces: await Promise.all(found.map(answer)), searched, space: model.space, ...threshold };
}

/** Count the subjects within a threshold; searches deeper only where all that were found are within. */
async function countWithin(
  store: EmbeddingGallery,
  { embedding, candidates: found }: Search,
  { limit, top }: { readonly limit: number; readonly top: number },
): Promise<number> {
  for (let candidates = found, depth = top; ; ) {
    const within = candidates.filter(({ distance }) => distance <= limit).length;
    if (within < depth) return within;
    depth *= 4;
    ({ candidates } = await store.identify(embedding, { top: depth }));
  }
}
