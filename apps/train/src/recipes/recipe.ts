import type { Network } from '@kith/network';
import type { Augmentation, LearningRatePolicy, SolverConfig, SolverType } from '@kith/training';
import type { TurnRange } from '../data/turn-face.ts';
import type { FaceCrop } from '../face-crop.ts';
import type { ObjectiveSpec } from '../objectives/objective-spec.ts';
import type { TeacherName } from '../teachers.ts';

/** What a phase of training is, as a run's settings keep it. */
export interface Phase {
  readonly name: string;
  readonly objective: ObjectiveSpec;
  /** Aligned faces, or views of them that teachers were asked about. */
  readonly learnsFrom: 'faces' | 'views';
  readonly batch: BatchSpec;
  /** Besides the crop, which every phase has. */
  readonly augmentation: Augmentation;
  readonly solver: PhaseSolver;
  /** Whether batch norms keep their running statistics, as in fine-tuning. */
  readonly isNormFrozen?: boolean;
  /** Whether what it starts from is judged too, and kept if nothing better comes. */
  readonly judgesStart?: boolean;
  /** Updates between two validations, instead of a quarter of an epoch. */
  readonly judgedEvery?: number;
  /** Validations in a row without a better one that are borne: one more ends it. No end where left out. */
  readonly patience?: number;
  /** A solver that was read from a file, in the place of the recipe's. */
  readonly ownSolver?: SolverConfig;
}

export type BatchSpec =
  | { readonly kind: 'shuffled'; readonly size: number }
  /** P people with K photos each; of people with fewer, photos repeat. */
  | { readonly kind: 'people'; readonly people: number; readonly photosPerPerson: number }
  /** The same, in groups of people whom the network that the phase starts from takes for each other. */
  | {
      readonly kind: 'confusers';
      readonly people: number;
      readonly photosPerPerson: number;
      readonly groupSize: number;
    };

export interface PhaseSolver {
  readonly type: SolverType;
  readonly baseLr: number;
  readonly policy: LearningRatePolicy;
  /** Faces it sees, views and repeats counted. */
  readonly faces: number;
  readonly warmUpShare?: number;
  readonly weightDecay: number;
  readonly clipGradients?: number;
  readonly emaDecay?: number;
}

/** Views of faces, for students. */
export interface ViewsSpec {
  readonly viewsPerFace: number;
  readonly blended: number;
  /** Heads turned to look elsewhere; where left out none is. */
  readonly turned?: TurnRange;
  readonly augmentation: Augmentation;
}

export interface TeacherSpec {
  readonly name: TeacherName;
  /** Share of the mean embedding that is taken off each: where all point nearly the same way, it is their differences that matter. */
  readonly withoutMean: number;
}

/** How one of our models comes about. */
export interface Recipe {
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  readonly network: Network;
  readonly crop: FaceCrop;
  /** Whom it learns from. */
  readonly teachers: readonly TeacherSpec[];
  readonly views?: ViewsSpec;
  /** Where the weights start: anew, or with those that come with kith. */
  readonly start: 'anew' | 'dlib-resnet29';
  readonly phases: readonly Phase[];
  readonly seed: number;
}
