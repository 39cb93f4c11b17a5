import { alignToHead, facenetHead } from '@kith/alignment';
import { type AlignedFace, FaceError, type Image, identityAffine, type Landmarks } from '@kith/core';
import { facenetEmbedder, facenetInceptionResnetV1, mirrorImage } from '@kith/embedding';
import { exportInt8 } from '@kith/network/onnx';
import { openRuntime } from '@kith/network/runtime';
import { describeModel, openRecognizer, readNetworkWeights, spaceOfModel } from '@kith/pipeline';
import { type Pack, readFaces } from '@kith/training/data';
import type { OpenTeacher, Teacher } from './data/teach.ts';

/** Networks that others trained; FaceNet's weights lie where `KITH_WEIGHTS` says. */
export type TeacherName = 'dlib-resnet' | 'dlib-resnet-int8' | 'facenet-int8';

/** The models whose weights they have. */
const models: Readonly<Record<TeacherName, string>> = {
  'dlib-resnet': 'dlib-resnet',
  'dlib-resnet-int8': 'dlib-resnet-int8',
  'facenet-int8': facenetInceptionResnetV1.name,
};

/** What a teacher is asked about. */
export interface Taught {
  /** Whose views it will see; the first views are the faces themselves. */
  readonly faces: Pack;
  /** Where a view's landmarks lie, px of the view. @param row - Of the views. */
  readonly landmarksOf: (row: number) => Landmarks;
}

/** Bring in a teacher; it looks at each face as it is and in a mirror. `open` throws `WEIGHTS_CHECKSUM` where its weights are not at hand. */
export function teacherOf(name: TeacherName, taught: Taught): Teacher {
  const { dimension } = spaceOfModel(models[name]);
  return { name, dimension, open: () => (name === 'facenet-int8' ? openFacenet(taught) : openDlib(name)) };
}

/** See, without loading them, that a teacher's weights are at hand. @throws {FaceError} `WEIGHTS_CHECKSUM` where they are not. */
export async function assertAtHand(name: TeacherName): Promise<void> {
  const { available } = await describeModel(models[name]);
  if (available) return;
  throw new FaceError(
    'WEIGHTS_CHECKSUM',
    `${name} is to teach, but the weights of ${models[name]} are not there. Set KITH_WEIGHTS to the folder that holds the folder ${models[name]}.`,
  );
}

/** dlib's ResNet takes chips as they are. */
async function openDlib(name: 'dlib-resnet' | 'dlib-resnet-int8'): Promise<OpenTeacher> {
  const { model, close } = await openRecognizer({ model: name });
  return {
    embed: (faces) => model.embed(faces.map((image) => ({ image, toImage: identityAffine }))),
    close,
  };
}

/** Faces that tell how large activations are; more change nothing that can be seen. */
const rangeFaces = 64;

/** So that sums of two products never saturate, whatever the CPU. */
const largestWeight = 64;

/** FaceNet cuts a face of its own from a view, by the landmarks; in 8-bit integers it takes a third of the time (RESULTS.md). */
async function openFacenet({ faces, landmarksOf }: Taught): Promise<OpenTeacher> {
  const align = (image: Image, row: number): AlignedFace => alignToHead(image, landmarksOf(row), { crop: facenetHead });
  const network = facenetInceptionResnetV1;
  const weights = await readNetworkWeights(network);
  const taken = Math.min(rangeFaces, faces.count);
  const rows = Array.from({ length: taken }, (_, i) => Math.floor((i * faces.count) / taken));
  const heads = readFaces(faces, rows).map((image, i) => align(image, rows[i]!).image);
  const shown = heads.flatMap((head) => [head.data, mirrorImage(head).data]);
  const batch = { count: shown.length, data: Buffer.concat(shown) };
  const onnx = await exportInt8({ network, weights }, [batch], { largestWeight });
  const space = spaceOfModel(network.name);
  const runtime = await openRuntime();
  try {
    const embedder = facenetEmbedder(await runtime.load({ onnx, input: network.input }), { space });
    return {
      embed: (images, of) => embedder.embed(images.map((image, i) => align(image, of[i]!))),
      close: () => runtime.dispose(),
    };
  } catch (error) {
    await runtime.dispose();
    throw error;
  }
}
