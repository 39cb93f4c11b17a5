import type { Augmentation } from '@kith/training';
import type { Phase, Recipe, TeacherSpec, ViewsSpec } from './recipe.ts';

/** What befalls a view before the teacher is asked: what the teacher still copes with. */
export const taughtViews: ViewsSpec = {
  viewsPerFace: 8,
  blended: 0.7,
  augmentation: {
    crop: { chance: 1, scale: [0.93, 1.07], shift: [-0.03, 0.03], rotationDegrees: [-6, 6], beyond: ['edge'] },
    occlusion: { chance: 0.1, area: [0.02, 0.12], aspect: [0.4, 2.5], covers: ['noise', 'grey', 'mean'] },
    colour: {
      chance: 0.9,
      brightness: [-0.15, 0.15],
      contrast: [0.7, 1.3],
      saturation: [0.4, 1.5],
      gamma: [0.75, 1.3],
    },
    grey: 0.08,
    blur: { chance: 0.1, sigma: [0.003, 0.01] },
    resolution: { chance: 0.15, scale: [0.4, 0.9] },
  },
};

/** What befalls a taught view each time it is seen: so little that the teacher would say the same. */
export const slightly: Augmentation = {
  flip: 0.5,
  colour: { chance: 0.5, brightness: [-0.06, 0.06], contrast: [0.9, 1.1], saturation: [0.8, 1.2], gamma: [0.9, 1.1] },
};

/** Faces as they are. */
export const cleanViews: ViewsSpec = { viewsPerFace: 1, blended: 0, augmentation: {} };

/** A whole mean less costs this teacher 0.4 % on View 1, half of it nothing. */
export const dlibTeaches: TeacherSpec = { name: 'dlib-resnet-int8', withoutMean: 0.5 };
export const facenetTeaches: TeacherSpec = { name: 'facenet-int8', withoutMean: 0 };

/** What all students of dlib's recogniser have in common. */
export const dlibsStudent = {
  teachers: [dlibTeaches],
  views: taughtViews,
  start: 'anew',
  seed: 1,
} as const satisfies Partial<Recipe>;

export interface DistillationOptions {
  /** Views seen, repeats counted. */
  readonly faces: number;
  readonly baseLr?: number;
  /** Of all weights' gradient. */
  readonly clipGradients?: number;
}

/** Learn what the teachers say of views. */
export function distillation({ faces, ...options }: DistillationOptions): Phase {
  return {
    name: 'distillation',
    objective: { kind: 'distillation', relationWeight: 4 },
    learnsFrom: 'views',
    batch: { kind: 'shuffled', size: 128 },
    augmentation: slightly,
    solver: {
      type: 'AdamW',
      baseLr: 0.003,
      policy: { kind: 'cosine' },
      faces,
      warmUpShare: 0.03,
      weightDecay: 0.02,
      emaDecay: 0.998,
      ...options,
    },
  };
}
