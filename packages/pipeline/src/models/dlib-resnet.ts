import { createHash } from 'node:crypto';
import { alignToTemplate, dlibChip51 } from '@kith/alignment';
import type { EmbeddingSpace } from '@kith/core';
import {
  cascade,
  faceApiLandmarksAdapter as faceApiLandmarks,
  faceApiSsdAdapter as faceApiSsd,
  faceApiTinyAdapter as faceApiTiny,
  padded,
} from '@kith/detection';
import { faceApiRecogniser, recogniserPreprocessing } from '@kith/embedding';
import { readDecisionTable } from './decision-table.ts';
import { holdFaceApiNets } from './face-api-nets.ts';
import type { FaceModel } from './face-model.ts';
import { checkWeights, faceApiWeightFolder, type WeightFile } from './weights.ts';

export const dlibResnetName = 'dlib-resnet';

/** face-api's weights, CC0; the recogniser's are dlib's `dlib_face_recognition_resnet_model_v1`. */
const weights = {
  detectors: [
    {
      file: 'tiny_face_detector_model.bin',
      sha256: 'b7503ce7df31039b1c43316a9b865cab6a70dd748cc602d3fa28b551503c3871',
    },
    {
      file: 'ssd_mobilenetv1_model.bin',
      sha256: '2835640602d53718aa6ae9a42896327eaa21beefed056c218d32ca7d79e1e2f8',
    },
  ],
  landmarks: {
    file: 'face_landmark_68_model.bin',
    sha256: '4611ef65c87d836d03d684b30eec4d195d8b219fa1dd58fc58945831c6b9299b',
  },
  recogniser: {
    file: 'face_recognition_model.bin',
    sha256: 'b413e420d6840b2775fba32008db6f3cddb07d485967fb42cfcf379c16a8c589',
  },
} as const satisfies Record<string, WeightFile | readonly WeightFile[]>;

const template = dlibChip51();

/** How a photo's face comes before the recogniser. Whatever changes embeddings belongs here: the hash names the space. */
const preprocessing = {
  landmarks: [weights.landmarks.sha256, 'square, then upright and its mirror image, averaged'],
  template: template.name,
  views: recogniserPreprocessing,
};

export const dlibResnetSpace: EmbeddingSpace = {
  model: `${dlibResnetName}-${weights.recogniser.sha256.slice(0, 12)}`,
  preprocessing: createHash('sha256').update(JSON.stringify(preprocessing)).digest('hex').slice(0, 12),
  dimension: 128,
};

/** Load dlib's ResNet behind face-api's detectors and landmarks. @see King, 2017 (the net); RESULTS.md (what was chosen and why). */
export async function loadDlibResnet(): Promise<FaceModel> {
  const folder = faceApiWeightFolder();
  await checkWeights(folder, [...weights.detectors, weights.landmarks, weights.recogniser]);
  const decisions = await readDecisionTable(dlibResnetName, { space: dlibResnetSpace });
  const { faceApi, release } = await holdFaceApiNets(folder);
  const ssd = faceApiSsd(faceApi);
  const tiny = faceApiTiny(faceApi);
  const detector = cascade([
    { detector: tiny, smallestFaceShare: 0.2 },
    { detector: ssd },
    { detector: padded(ssd) },
    { detector: padded(faceApiTiny(faceApi, { sidePx: 416 })) },
  ]);
  const landmarks = faceApiLandmarks(faceApi);
  const embedder = faceApiRecogniser(faceApi, { space: dlibResnetSpace });
  return {
    name: dlibResnetName,
    space: dlibResnetSpace,
    detector: detector.name,
    decisions,
    detect: (image) => detector.detect(image),
    locate: async (image, box) => (await landmarks.locate(image, [box]))[0]!,
    align: (image, points) => alignToTemplate(image, points, { template }),
    embed: (faces) => embedder.embed(faces),
    dispose: release,
  };
}
