import {
  type AlignedFace,
  boxArea,
  clipBox,
  type Detection,
  type Embedding,
  FaceError,
  type Image,
  type Landmarks,
  squaredL2,
} from '@kith/core';
import { type Decision, decide } from './decide.ts';
import { type DecodeOptions, decodeImage, defaultMaxPixels } from './decode-image.ts';
import { defaultModel, type FaceModel, loadModel } from './models/index.ts';
import { faceQuality, faceSizePx, minimumFacePx } from './quality.ts';

/** A photo's bytes as they come from a file, or its pixels where a caller has decoded it. */
export type Photo = Uint8Array | Image;

/** A face that was found: where it is, how sure the detector is, and how good it is for recognition. */
export interface LocatedFace extends Detection {
  readonly landmarks: Landmarks;
  readonly aligned: AlignedFace;
  /** In [0, 1], large = good. @see faceQuality */
  readonly quality: number;
}

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

export interface RecognizerOptions extends DecodeOptions {
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
  close(): void;
}

/**
 * Load a model and what it needs; takes seconds the first time.
 *
 * @throws {FaceError} `MODEL_UNKNOWN`, `WEIGHTS_CHECKSUM` or `RUNTIME_UNAVAILABLE`.
 */
export async function openRecognizer({
  model: name = defaultModel,
  maxPixels = defaultMaxPixels,
}: RecognizerOptions = {}): Promise<Recognizer> {
  const model = await loadModel(name);
  const decode = async (photo: Photo) => (photo instanceof Uint8Array ? decodeImage(photo, { maxPixels }) : photo);

  async function detect(photo: Photo, { largest = false }: FaceOptions = {}): Promise<readonly LocatedFace[]> {
    const located = await locateFaces(model, await decode(photo));
    return largest ? located.slice(0, 1) : located;
  }

  async function faces(photo: Photo, options: FaceOptions = {}): Promise<readonly Face[]> {
    return embedFaces(model, await detect(photo, options));
  }

  async function face(photo: Photo, { largest = false }: FaceOptions = {}): Promise<Face> {
    const located = oneFace(await detect(photo), largest);
    assertRecognizable(located);
    const [face] = await embedFaces(model, [located]);
    return face!;
  }

  async function align(photo: Photo, { largest = false }: FaceOptions = {}): Promise<LocatedFace> {
    return oneFace(await detect(photo), largest);
  }

  async function compare(
    one: Photo,
    other: Photo,
    { fmr = 0.001, largest = false }: CompareOptions = {},
  ): Promise<Decision> {
    const a = await face(one, { largest });
    const b = await face(other, { largest });
    return decide(model, squaredL2(a.embedding, b.embedding), { rate: fmr });
  }

  return { model, detect, align, faces, face, compare, close: () => model.dispose() };
}

/** Whether a face is large enough to be told from others. */
export function isRecognizable({ landmarks }: Pick<LocatedFace, 'landmarks'>): boolean {
  return faceSizePx(landmarks) >= minimumFacePx;
}

async function locateFaces(model: FaceModel, image: Image): Promise<readonly LocatedFace[]> {
  const located: LocatedFace[] = [];
  for (const { box, score } of await model.detect(image)) {
    const landmarks = await model.locate(image, box);
    const aligned = model.align(image, landmarks);
    const quality = faceQuality({ score, landmarks, aligned });
    located.push({ box: clipBox(box, image), score, landmarks, aligned, quality });
  }
  return located.sort((one, other) => boxArea(other.box) - boxArea(one.box));
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
