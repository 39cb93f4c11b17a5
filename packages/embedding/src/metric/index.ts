export {
  type DistanceWeightedOptions,
  distanceWeighted,
  logDistanceWeight,
  type SpreadOptions,
} from './distance-weighted.ts';
export { cosine, type Distance, type Distances, type DistanceTable, squaredL2 } from './distances.ts';
export {
  type HealthFinding,
  type HealthOptions,
  type HealthSign,
  healthOf,
  healthSigns,
  type Mining,
  type Objective,
  type Step,
} from './health.ts';
export {
  type ArcFaceOptions,
  arcFaceLoss,
  type CosFaceOptions,
  cosFaceLeastScale,
  cosFaceLoss,
  type LambdaSchedule,
  type SphereFaceOptions,
  sphereFaceLambda,
  sphereFaceLoss,
} from './losses/angular-margins.ts';
export { centreLoss, moveCentres } from './losses/centre.ts';
export { type CrossEntropy, crossEntropy } from './losses/cross-entropy.ts';
export { cosineDistillationLoss, distillationLoss, relationDistillationLoss } from './losses/distillation.ts';
export { firstPairs, type NPairs, nPairLoss } from './losses/n-pair.ts';
export { contrastiveLoss, deepid2VerificationLoss, verificationMargin } from './losses/pairs.ts';
export { type SoftmaxHead, softmaxLoss } from './losses/softmax.ts';
export { softMarginTripletLoss, tripletLoss } from './losses/triplet.ts';
export { mineOffline, type OfflineOptions } from './mine-offline.ts';
export {
  allTriplets,
  batchHard,
  hard,
  type MinerOptions,
  type RandomMinerOptions,
  randomViolator,
  semiHard,
} from './miners.ts';
export {
  anyNegative,
  hardNegative,
  type Rule,
  type Stretch,
  semiHardNegative,
  type Take,
  takeAll,
  takeNearest,
  takeOneAtRandom,
  violatingNegative,
} from './negatives.ts';
export { dotProducts, type Products, type UnitRows, unitRows } from './products.ts';
export {
  type Gradients,
  type LossTerms,
  mean,
  meanOfNonZero,
  type ReducedLoss,
  type Reducer,
  reduce,
  sum,
  weightedSum,
} from './reducers.ts';
export { asRows, type Reals, type Rows, stackRows } from './rows.ts';
export {
  type ActiveShare,
  activeShare,
  type DistanceHistogram,
  type DistanceHistograms,
  distanceHistograms,
  type EmbeddingSpread,
  embeddingSpread,
  type HardestPairs,
  hardestPairs,
  type RowPair,
} from './statistics.ts';
export type { Triplets } from './triplets.ts';
