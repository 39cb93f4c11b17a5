import { FaceError } from '@kith/core';
import { faceApiLandmarksWeights, faceApiSsdWeights, faceApiTinyWeights, type RawWeights } from '@kith/detection';
import { dlibResnet29Weights } from '@kith/embedding';
import type { Network, Weights } from '@kith/network';
import { readFaceApiWeights, readWeights } from '@kith/network/weights';
import { faceApiWeightFolder } from './models/weights.ts';

/** The networks whose weights come with face-api: which of its files, and how its names become ours. */
const bundled: Readonly<Record<string, readonly [file: string, rename: (raw: RawWeights) => Weights]>> = {
  'face-api-ssd': ['ssd_mobilenetv1_model', faceApiSsdWeights],
  'face-api-tiny': ['tiny_face_detector_model', faceApiTinyWeights],
  'face-api-landmarks': ['face_landmark_68_model', faceApiLandmarksWeights],
  'dlib-resnet29': ['face_recognition_model', dlibResnet29Weights],
};

export interface NetworkWeightsOptions {
  /** A safetensors file, with its manifest beside it. */
  readonly file?: string | undefined;
}

/**
 * Read what a network has learnt: from a file, or from what comes with kith.
 *
 * @throws {FaceError} `USAGE` where neither is there; `FILE_NOT_FOUND`, `WEIGHTS_CHECKSUM`, `WEIGHTS_MALFORMED`.
 */
export async function readNetworkWeights(
  { name }: Pick<Network, 'name'>,
  { file }: NetworkWeightsOptions = {},
): Promise<Weights> {
  if (file !== undefined) return (await readWeights(file)).weights;
  const own = Object.hasOwn(bundled, name) ? bundled[name] : undefined;
  if (own) return own[1](await readFaceApiWeights(faceApiWeightFolder(), own[0]));
  throw new FaceError(
    'USAGE',
    `No weights of ${name} come with kith, which has those of ${Object.keys(bundled).join(', ')}. Name a file by --weights.`,
  );
}
