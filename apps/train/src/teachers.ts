import { alignToHead, facenetHead } from '@kith/alignment';
import { type AlignedFace, createLandmarks, type Image, identityAffine } from '@kith/core';
import { facenetEmbedder, facenetInceptionResnetV1, mirrorImage } from '@kith/embedding';
import { exportInt8 } from '@kith/network/onnx';
import { openRuntime } from '@kith/network/runtime';
import { openRecognizer, readNetworkWeights, spaceOfModel } from '@kith/pipeline';
import { type Pack, readFaces } from '@kith/training/data';
import type { Teacher } from './data/teach.ts';

/** Networks that others trained; FaceNet's weights lie where `KITH_WEIGHTS` says. */
export type TeacherName = 'dlib-resnet' | 'dlib-resnet-int8' | 'facenet-int8';

/** What a teacher is opened for. */
export interface Taught {
  /** Whose views it will see; a view's row, divided by how many faces there are, leaves the face's. */
  readonly faces: Pack;
  /** Of the faces, px of their chips. Shape `[count, 68, 2]`. */
  readonly landmarks: Float32Array;
}

export type OpenTeacher = Teacher & { close(): Promise<void> };

/**
 * Open a teacher; it looks at each face as it is and in a mirror.
 *
 * @throws {FaceError} `WEIGHTS_CHECKSUM` where its weights are not at hand.
 */
export function openTeacher(name: TeacherName, taught: Taught): Promise<OpenTeacher> {
  return name === 'facenet-int8' ? openFacenet(name, taught) : openDlib(name);
}

/** dlib's ResNet takes chips as they are. */
async function openDlib(name: 'dlib-resnet' | 'dlib-resnet-int8'): Promise<OpenTeacher> {
  const { model, close } = await openRecognizer({ model: name });
  return {
    name,
    dimension: model.space.dimension,
    embed: (faces) => model.embed(faces.map((image) => ({ image, toImage: identityAffine }))),
    close,
  };
}

const landmarkNumbers = 68 * 2;
/** Faces that tell how large activations are; more change nothing that can be seen. */
const rangeFaces = 64;

/** So that sums of two products never saturate, whatever the CPU. */
const largestWeight = 64;

/** FaceNet cuts a face of its own from a chip, by the landmarks; in 8-bit integers it takes a third of the time (RESULTS.md). */
async function openFacenet(name: 'facenet-int8', { faces, landmarks }: Taught): Promise<OpenTeacher> {
  const align = (image: Image, row: number): AlignedFace => {
    const from = (row % faces.count) * landmarkNumbers;
    const points = createLandmarks('ibug68', landmarks.slice(from, from + landmarkNumbers));
    return alignToHead(image, points, { crop: facenetHead });
  };
  const network = facenetInceptionResnetV1;
  const taken = Math.min(rangeFaces, faces.count);
  const rows = Array.from({ length: taken }, (_, i) => Math.floor((i * faces.count) / taken));
  const heads = readFaces(faces, rows).map((image, i) => align(image, rows[i]!).image);
  const shown = heads.flatMap((head) => [head.data, mirrorImage(head).data]);
  const batch = { count: shown.length, data: Buffer.concat(shown) };
  const onnx = await exportInt8({ network, weights: await readNetworkWeights(network) }, [batch], { largestWeight });
  const space = spaceOfModel(network.name);
  const runtime = await openRuntime();
  try {
    const embedder = facenetEmbedder(await runtime.load({ onnx, input: network.input }), { space });
    return {
      name,
      dimension: space.dimension,
      embed: (images, of) => embedder.embed(images.map((image, i) => align(image, of[i]!))),
      close: () => runtime.dispose(),
    };
  } catch (error) {
    await runtime.dispose();
    throw error;
  }
}
