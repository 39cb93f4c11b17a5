export {
  type BestThreshold,
  bestThreshold,
  evaluatePairs,
  type FoldedPair,
  type FoldResult,
  isCorrect,
  type ProtocolResult,
  type ThresholdSource,
} from './accuracy.ts';
export {
  calibrationCost,
  fitIsotonic,
  fitLogistic,
  type IsotonicCurve,
  isotonicProbabilityAt,
  type LogisticTargets,
  logLikelihoodCost,
  minLogLikelihoodCost,
} from './calibration.ts';
export {
  type Calibration,
  type DecisionPoint,
  type DecisionTable,
  heldRate,
  type Interval,
  operatingPointAt,
  perComparisonRate,
  probabilityAt,
  type ResolvedOperatingPoint,
} from './decision.ts';
export { cumulativeMatch, type MateSearch, mateRank, type OpenSetRates, openSetRates } from './identification.ts';
export {
  type BootstrapOptions,
  bootstrapByIdentity,
  type IdentityTrial,
  percentileInterval,
  resampleIdentities,
  wilsonInterval,
} from './intervals.ts';
export { lfwImagePath, limitPairs, type Pair, type PairedImage, type PairList, parseLfwPairs } from './lfw-pairs.ts';
export {
  type CalibrationCheck,
  type LfwReport,
  type MeasuredImage,
  type MeasuredPair,
  type MeasurementNotes,
  reportLfw,
  summarizeLfw,
  thresholdOfPair,
  type YawRow,
} from './lfw-report.ts';
export { measureOperatingPoints, type OperatingPoints, standardRates, thresholdFor } from './operating-points.ts';
export { type AllPairs, allPairs, type PairDistances } from './pair-distances.ts';
export {
  areaUnderRoc,
  decidability,
  equalErrorRate,
  errorCurve,
  falseMatchRate,
  falseNonMatchRate,
  type RatePoint,
  resolvedErrors,
  type TarAtFar,
  tarAtFar,
} from './rates.ts';
export { measureReliability, type Reliability, type ReliabilityBin } from './reliability.ts';
export { type CalibrationPageInput, type NearPeople, renderCalibrationPage } from './report/calibration-page.ts';
export { chart, escapeHtml, line, linearScale, logScale, type Plot, type Scale } from './report/chart.ts';
export { type LfwPageInput, renderLfwPage, tarNote, type WrongPair } from './report/lfw-page.ts';
export { captioned, type Figure, figures, page, section, table } from './report/page.ts';
export { base64, type Picture } from './report/photo.ts';
export { countAtMost, type ScoredPair, type Scores, scoresOf, toScores } from './scores.ts';
export { estimateYawDegrees, yawBins } from './yaw.ts';
