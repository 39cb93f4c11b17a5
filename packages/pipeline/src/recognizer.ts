import { type Embedding, FaceError, squaredL2 } from '@kith/core';
import PQueue from 'p-queue';
import { type Decision, decide } from './decide.ts';
import { type DecodeOptions, defaultMaxPixels } from './decode-image.ts';
import { type LocatedFace, locateFaces } from './locate-faces.ts';
import { defaultModel, type FaceModel, type LoadModelOptions, loadModel, measured } from './models/index.ts';
import { type Photo, readLevels } from './photo-levels.ts';
import { faceSizePx, minimumFacePx } from './quality.ts';

/** A face that was found and embedded. */
export interface Face extends LocatedFace {
  readonly embedding: Embedding;
}

export interface FaceOptions {
  /** Take only the largest face where a photo has several. */
  readonly largest?: boolean;
}

export interface CompareOptions extends FaceOptions {
  /** False match rate to hold, in (0, 1). */
  readonly fmr?: number;
}

export interface RecognizerOptions extends DecodeOptions, LoadModelOptions {
  /** Name of a model; see `modelNames`. */
  readonly model?: string;
}

/** The way of a photo to its faces, with one loaded model. */
export interface Recognizer {
  readonly model: FaceModel;
  /** List all faces of a photo, the largest first; none is no error. */
  detect(photo: Photo, options?: FaceOptions): Promise<readonly LocatedFace[]>;
  /** List all faces of a photo with their embeddings, the largest first; none is no error. */
  faces(photo: Photo, options?: FaceOptions): Promise<readonly Face[]>;
  /**
   * Align the one face of a photo, however small it is.
   *
   * @throws {FaceError} `FACE_NOT_FOUND` or `FACE_AMBIGUOUS` (several, and not `largest`).
   */
  align(photo: Photo, options?: FaceOptions): Promise<LocatedFace>;
  /**
   * Embed the one face of a photo.
   *
   * @throws {FaceError} `FACE_NOT_FOUND`, `FACE_AMBIGUOUS` (several, and not `largest`) or `FACE_QUALITY_LOW`.
   */
  face(photo: Photo, options?: FaceOptions): Promise<Face>;
  /**
   * Decide whether two photos show one person.
   *
   * @throws {FaceError} As {@link Recognizer.face}.
   */
  compare(one: Photo, other: Photo, options?: CompareOptions): Promise<Decision>;
  /** Finish what is in hand, take no more, and free the nets. */
  close(): Promise<void>;
}

/** Photos that are worked on at once; more wait with their bytes alone, so that memory does not grow with the calls. */
const photosInHand = 8;

/**
 * Load a model and what it needs.
 *
 * @throws {FaceError} `MODEL_UNKNOWN`, `WEIGHTS_CHECKSUM` or `RUNTIME_UNAVAILABLE`.
 */
export async function openRecognizer({
  model: name = defaultModel,
  maxPixels = defaultMaxPixels,
  ...loading
}: RecognizerOptions = {}): Promise<Recognizer> {
  const model = await loadModel(name, loading);
  const queue = new PQueue({ concurrency: photosInHand });
  let isClosed = false;

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (isClosed) throw new FaceError('USAGE', 'The recogniser was closed, expected one in use.');
    return queue.add(work);
  }

  async function locate(photo: Photo, { largest = false }: FaceOptions = {}): Promise<readonly LocatedFace[]> {
    const located = await locateFaces(model, await readLevels(photo, { maxPixels }));
    return largest ? located.slice(0, 1) : located;
  }

  const detect = (photo: Photo, options: FaceOptions = {}) => inTurn(() => locate(photo, options));

  const faces = (photo: Photo, options: FaceOptions = {}) =>
    inTurn(async () => embedFaces(model, await locate(photo, options)));

  const face = (photo: Photo, { largest = false }: FaceOptions = {}) =>
    inTurn(async () => {
      const located = oneFace(await locate(photo), largest);
      assertRecognizable(located);
      const [face] = await embedFaces(model, [located]);
      return face!;
    });

  const align = (photo: Photo, { largest = false }: FaceOptions = {}) =>
    inTurn(async () => oneFace(await locate(photo), largest));

  async function compare(
    one: Photo,
    other: Photo,
    { fmr = 0.001, largest = false }: CompareOptions = {},
  ): Promise<Decision> {
    const a = await face(one, { largest });
    const b = await face(other, { largest });
    return decide(measured(model), squaredL2(a.embedding, b.embedding), { rate: fmr });
  }

  async function close(): Promise<void> {
    isClosed = true;
    await queue.onIdle();
    await model.dispose();
  }

  return { model, detect, align, faces, face, compare, close };
}

/** Whether a face is large enough to be told from others. */
export function isRecognizable({ landmarks }: Pick<LocatedFace, 'landmarks'>): boolean {
  return faceSizePx(landmarks) >= minimumFacePx;
}

async function embedFaces(model: FaceModel, located: readonly LocatedFace[]): Promise<readonly Face[]> {
  if (located.length === 0) return [];
  const embeddings = await model.embed(located.map(({ aligned }) => aligned));
  return located.map((face, i) => ({ ...face, embedding: embeddings[i]! }));
}

/** The one face, or with `largest` the first of several. */
function oneFace(located: readonly LocatedFace[], largest: boolean): LocatedFace {
  const [first, second] = located;
  if (!first) throw new FaceError('FACE_NOT_FOUND', 'No face was found in the photo, expected one.');
  if (second && !largest) {
    throw new FaceError(
      'FACE_AMBIGUOUS',
      `The photo has ${located.length} faces, expected one; 'largest' takes the largest of them.`,
    );
  }
  return first;
}

function assertRecognizable(face: LocatedFace): void {
  if (isRecognizable(face)) return;
  const size = faceSizePx(face.landmarks).toFixed(1);
  throw new FaceError(
    'FACE_QUALITY_LOW',
    `The face is too small: eyes and mouth are ${size} px apart, expected at least ${minimumFacePx}.`,
  );
}
