import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dlibChip51, templateToImage } from '@kith/alignment';
import { FaceError, warpAffine } from '@kith/core';
import { type FaceView, nameViews, networkEmbedder } from '@kith/embedding';
import { layOut, type Network, type Weights } from '@kith/network';
import { decodeSafetensors } from '@kith/network/weights';
import { hasBundledWeights } from './bundled-weights.ts';
import { readChecked } from './checked-file.ts';
import { landmarkPreprocessing, openFaceFinder } from './face-finder.ts';
import type { ModelPlan } from './face-model.ts';
import { spaceOf } from './space-of.ts';

/** Weights that we trained: the safetensors file of the model's name. */
export interface TrainedWeights {
  /** Of the file, as its manifest beside it has it: other numbers are another space. */
  readonly sha256: string;
  /** Where it lies; beside the decision tables by default. */
  readonly folder?: string;
}

/** A model that we trained, but for its weights. */
export interface KithForm {
  readonly name: string;
  /** Takes RGB, 0–255, and gives unit vectors. */
  readonly network: Network;
  /** How its faces were cut for training: dlib's chip by 51 landmarks, with so much room around the mean face. */
  readonly crop: { readonly sizePx: number; readonly padding: number };
  readonly views?: readonly FaceView[];
}

const assets = fileURLToPath(new URL('../../assets', import.meta.url));

/** Where the photo ends its edge goes on, as in the faces that the networks learnt from. */
const beyond = 'edge';

/** Make a model of a network that we trained, behind face-api's detectors and landmarks. */
export function kithModel(
  { name, network, crop, views = ['whole', 'wholeMirrored'] }: KithForm,
  { sha256, folder = assets }: TrainedWeights,
): ModelPlan {
  const file = join(folder, `${name}.safetensors`);
  const template = dlibChip51(crop);
  const space = spaceOf(name, {
    weightsSha256: sha256,
    dimension: outputLength(network),
    preprocessing: { landmarks: landmarkPreprocessing, template: template.name, beyond, views: nameViews(views) },
  });
  return {
    name,
    space,
    network,
    isAvailable: async () => (await isThere(file)) && (await hasBundledWeights()),
    align(image, landmarks) {
      const toImage = templateToImage(landmarks, template);
      return { image: warpAffine(image, toImage, { width: crop.sizePx, height: crop.sizePx, beyond }), toImage };
    },
    openFinder: openFaceFinder,
    async openEmbedder(runtime) {
      const weights = await readTrained(file, { sha256, network });
      return networkEmbedder(await runtime.load({ network, weights }), { network, space, views });
    },
  };
}

async function readTrained(
  file: string,
  { sha256, network }: { readonly sha256: string; readonly network: Network },
): Promise<Weights> {
  const { weights, metadata } = decodeSafetensors(await readChecked(file, { sha256 }), { name: file });
  if (metadata.network === network.name) return weights;
  throw new FaceError(
    'WEIGHTS_MISMATCH',
    `${file} holds weights of ${metadata.network ?? 'an unnamed network'}, expected ${network.name}.`,
  );
}

function outputLength(network: Network): number {
  const { nodes, outputs } = layOut(network);
  return nodes.find(({ name }) => name === outputs[0])!.shape[0]!;
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
