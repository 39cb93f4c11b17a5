import { access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FaceError } from '@kith/core';
import { faceApiLandmarksWeights, faceApiSsdWeights, faceApiTinyWeights, type RawWeights } from '@kith/detection';
import { dlibResnet29Weights } from '@kith/embedding';
import type { Weights } from '@kith/network';
import { decodeFaceApiWeights } from '@kith/network/weights';
import { readChecked } from './checked-file.ts';

interface BundledNet {
  /** Name of the two files without their endings. */
  readonly file: string;
  /** Of the numbers as they were when kith was measured with them. */
  readonly sha256: string;
  /** Of the list of tensors, whose scales make numbers of bytes. */
  readonly manifestSha256: string;
  /** From face-api's names to ours. */
  readonly rename: (raw: RawWeights) => Weights;
}

/** The networks whose weights come with the npm package of face-api (CC0), by our name; the last is dlib's recogniser. */
export const bundledNets = {
  'face-api-tiny': {
    file: 'tiny_face_detector_model',
    sha256: 'b7503ce7df31039b1c43316a9b865cab6a70dd748cc602d3fa28b551503c3871',
    manifestSha256: '5d1af4849ac48d5b985f4a9b16010c512353ddd6fcc63d50fd0bc9e9e64296e5',
    rename: faceApiTinyWeights,
  },
  'face-api-ssd': {
    file: 'ssd_mobilenetv1_model',
    sha256: '2835640602d53718aa6ae9a42896327eaa21beefed056c218d32ca7d79e1e2f8',
    manifestSha256: '888f744dffbc84f5f060d1f8427d9742341943a2dfaaf9205d10029b7e7a2955',
    rename: faceApiSsdWeights,
  },
  'face-api-landmarks': {
    file: 'face_landmark_68_model',
    sha256: '4611ef65c87d836d03d684b30eec4d195d8b219fa1dd58fc58945831c6b9299b',
    manifestSha256: 'ca4886639f86e99b39fed0c155f81b63317225773bd9616716e887b0153389c9',
    rename: faceApiLandmarksWeights,
  },
  'dlib-resnet29': {
    file: 'face_recognition_model',
    sha256: 'b413e420d6840b2775fba32008db6f3cddb07d485967fb42cfcf379c16a8c589',
    manifestSha256: 'cbaffa501b0b9275a12b63357a6843e7e30c054e1c9151e1a5f879b26e32986b',
    rename: dlibResnet29Weights,
  },
} as const satisfies Record<string, BundledNet>;

export type BundledName = keyof typeof bundledNets;

/** The folder of face-api's weights, inside its npm package. */
function faceApiWeightFolder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'model');
  } catch (cause) {
    throw new FaceError('WEIGHTS_CHECKSUM', 'The npm package of the weights is missing. Run `npm ci` again.', {
      cause,
    });
  }
}

/** Whether the weights that come with kith are all there; what they hold is checked when they are read. */
export async function hasBundledWeights({ folder }: { readonly folder?: string } = {}): Promise<boolean> {
  try {
    const place = folder ?? faceApiWeightFolder();
    await Promise.all(Object.values(bundledNets).map(({ file }) => access(join(place, `${file}.bin`))));
    return true;
  } catch {
    return false;
  }
}

/**
 * Read the weights of a network that come with kith.
 *
 * @param folder - Where they lie; that of the npm package by default.
 * @throws {FaceError} `WEIGHTS_CHECKSUM` when a file is missing or altered.
 */
export async function readBundledWeights(
  name: BundledName,
  { folder = faceApiWeightFolder() }: { readonly folder?: string } = {},
): Promise<Weights> {
  const { file, sha256, manifestSha256, rename } = bundledNets[name];
  const bytes = await readChecked(join(folder, `${file}.bin`), { sha256 });
  const manifest = await readChecked(join(folder, `${file}-weights_manifest.json`), { sha256: manifestSha256 });
  return rename(decodeFaceApiWeights(file, { manifest, bytes }));
}
