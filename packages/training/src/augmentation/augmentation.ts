import type { BlurRange } from './blur.ts';
import type { ColourRange } from './colour.ts';
import type { CropRange } from './crop.ts';
import type { JpegRange } from './jpeg.ts';
import type { NoiseRange } from './noise.ts';
import type { OcclusionRange } from './occlusion.ts';
import type { ResolutionRange } from './resolution.ts';

/**
 * What may befall a face before it is learnt from, in this order, from what lies before the camera to how the photo is saved.
 * What is left out never does.
 */
export interface Augmentation {
  /** Chance of the mirror image, 0–1. */
  readonly flip?: number;
  readonly crop?: CropRange;
  readonly occlusion?: OcclusionRange;
  readonly colour?: ColourRange;
  /** Chance of all colour going, 0–1. */
  readonly grey?: number;
  readonly blur?: BlurRange;
  readonly resolution?: ResolutionRange;
  readonly noise?: NoiseRange;
  readonly jpeg?: JpegRange;
}

const standard: Augmentation = {
  flip: 0.5,
  crop: { chance: 0.8, scale: [0.92, 1.08], shift: [-0.04, 0.04], rotationDegrees: [-8, 8], beyond: ['black', 'edge'] },
  occlusion: { chance: 0.15, area: [0.02, 0.15], aspect: [0.4, 2.5], covers: ['noise', 'grey', 'mean'] },
  colour: {
    chance: 0.8,
    brightness: [-0.12, 0.12],
    contrast: [0.75, 1.25],
    saturation: [0.6, 1.4],
    gamma: [0.8, 1.25],
  },
  grey: 0.1,
  blur: { chance: 0.1, sigma: [0.003, 0.012] },
  resolution: { chance: 0.15, scale: [0.4, 0.9] },
  noise: { chance: 0.1, sigma: [0.01, 0.03] },
  jpeg: { chance: 0.15, quality: [30, 90] },
};

const strong: Augmentation = {
  flip: 0.5,
  crop: { chance: 1, scale: [0.85, 1.15], shift: [-0.08, 0.08], rotationDegrees: [-15, 15], beyond: ['black', 'edge'] },
  occlusion: { chance: 0.4, area: [0.02, 0.3], aspect: [0.3, 3.3], covers: ['noise', 'grey', 'mean'] },
  colour: { chance: 1, brightness: [-0.2, 0.2], contrast: [0.5, 1.5], saturation: [0.2, 1.8], gamma: [0.6, 1.6] },
  grey: 0.2,
  blur: { chance: 0.2, sigma: [0.003, 0.02] },
  resolution: { chance: 0.3, scale: [0.2, 0.9] },
  noise: { chance: 0.3, sigma: [0.01, 0.06] },
  jpeg: { chance: 0.3, quality: [10, 90] },
};

/** Augmentations with a name. */
export const augmentations = { none: {}, flipOnly: { flip: 0.5 }, standard, strong } as const satisfies Record<
  string,
  Augmentation
>;
