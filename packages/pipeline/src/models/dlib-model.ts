import { alignToTemplate, dlibChip51 } from '@kith/alignment';
import { dlibEmbedder, dlibPreprocessing, dlibResnet29, type FaceView } from '@kith/embedding';
import type { Runtime, Session } from '@kith/network';
import { hasBundledWeights } from './bundled-weights.ts';
import { landmarkPreprocessing, openFaceFinder } from './face-finder.ts';
import type { ModelPlan } from './face-model.ts';
import { spaceOf } from './space-of.ts';

const template = dlibChip51();

/** Two views. Closer ones beside them double the time, and gain about a hundredth of FNMR at FMR 1e-4: see RESULTS.md. */
const views: readonly FaceView[] = ['whole', 'wholeMirrored'];

const preprocessing = {
  landmarks: landmarkPreprocessing,
  template: template.name,
  views: dlibPreprocessing(views),
};

/** One form that the numbers of dlib's ResNet come in. */
export interface DlibForm {
  readonly name: string;
  /** Of the numbers: other numbers are another space. */
  readonly sha256: string;
  load(runtime: Runtime): Promise<Session>;
}

/** Make a model of a form of dlib's ResNet, behind face-api's detectors and landmarks. @see King, 2017 (the net). */
export function dlibModel({ name, sha256, load }: DlibForm): ModelPlan {
  const space = spaceOf(name, { weightsSha256: sha256, dimension: 128, preprocessing });
  return {
    name,
    space,
    network: dlibResnet29,
    isAvailable: () => hasBundledWeights(),
    align: (image, landmarks) => alignToTemplate(image, landmarks, { template }),
    openFinder: openFaceFinder,
    openEmbedder: async (runtime) => dlibEmbedder(await load(runtime), { space, views }),
  };
}
