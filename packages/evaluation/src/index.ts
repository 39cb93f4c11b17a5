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
