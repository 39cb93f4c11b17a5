export { type AugmentOptions, augment, drawView } from './augmentation/augment.ts';
export { type Augmentation, augmentations } from './augmentation/augmentation.ts';
export { checkAugmentation } from './augmentation/check-augmentation.ts';
export type { View } from './augmentation/crop.ts';
export { type FillOptions, fillWeights } from './fillers/fill-weights.ts';
export type { Fan, Filler } from './fillers/filler.ts';
export { type FixedNormalisation, fixedNormalisations, normalizeFixed } from './normalisations/fixed.ts';
export { minMax, perImage, unitLength, zScore } from './normalisations/own-statistics.ts';
export {
  type ClosenessOptions,
  type DisjointPeople,
  disjointPeople,
  type EmbeddedFace,
  type TrainingPerson,
} from './people/disjoint-people.ts';
export { type ListedImage, parseImageList } from './people/image-list.ts';
export { personOf } from './people/person-of.ts';
export type {
  DistanceHistograms,
  EventRecord,
  HealthRecord,
  LogRecord,
  StepRecord,
  ValidationRecord,
} from './report/log-record.ts';
export { formatDuration, progressBar, progressLine, type TrainingProgress } from './report/progress-line.ts';
export { scalarsOf } from './report/scalars.ts';
export { type HardTriplet, type TrainingPageInput, type TripletFace, trainingPage } from './report/training-page.ts';
export { type ConfuserSamplerOptions, confuserSampler } from './samplers/confuser-sampler.ts';
export { type PkSamplerOptions, pkSampler } from './samplers/pk-sampler.ts';
export type { Sampler } from './samplers/sampler.ts';
export { type ShuffledSamplerOptions, shuffledSampler } from './samplers/shuffled-sampler.ts';
export type { CaffeFields } from './solver/caffe-fields.ts';
export { learningRate } from './solver/learning-rate.ts';
export type { LearningRatePolicy } from './solver/learning-rate-policy.ts';
export { type CaffeSolver, readSolver } from './solver/read-solver.ts';
export { type SolverConfig, type SolverType, solverTypes } from './solver/solver-config.ts';
export { solverOf } from './solver/solver-of.ts';
export {
  type Multiplier,
  type TrainedParameter,
  type UpdateRule,
  updateParameters,
  updateRules,
} from './solver/update-rules.ts';
