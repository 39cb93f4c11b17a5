import { evaluatePairs, isCorrect, type ProtocolResult } from './accuracy.ts';
import { calibrationCost, minLogLikelihoodCost } from './calibration.ts';
import { type Calibration, type Interval, probabilityAt } from './decision.ts';
import { bootstrapByIdentity, wilsonInterval } from './intervals.ts';
import { lfwImagePath, type Pair } from './lfw-pairs.ts';
import {
  areaUnderRoc,
  decidability,
  equalErrorRate,
  errorCurve,
  type RatePoint,
  type TarAtFar,
  tarAtFar,
} from './rates.ts';
import { measureReliability, type Reliability } from './reliability.ts';
import { scoresOf } from './scores.ts';
import { yawBins } from './yaw.ts';

/** A pair with its distance, absent where a face was not found in one of its photos. */
export interface MeasuredPair extends Pair {
  /** Squared L2, in [0, 4]. */
  readonly distance?: number;
}

/** What was seen in one image. */
export interface MeasuredImage {
  /** As {@link lfwImagePath} gives it. */
  readonly path: string;
  /** Faces found; of several the one nearest the centre was taken. */
  readonly faces: number;
  /** Of the face taken; absent where there is none. */
  readonly yawDegrees?: number;
}

/** How a list was measured, in words that go into the report as they are. */
export interface MeasurementNotes {
  readonly model: string;
  readonly space: string;
  readonly command: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly pairsFile: string;
  /** File that the threshold was chosen on, where that was another one. */
  readonly thresholdFile?: string;
  /** Which part of the list was taken, where it was not all. */
  readonly limit?: string;
  readonly secondsPerImage: number;
}

/** Pairs of one bin of |yaw|, the larger of a pair's two; both faces were found. */
export interface YawRow {
  /** Degrees, from inclusive, to exclusive. */
  readonly from: number;
  readonly to: number;
  readonly images: number;
  readonly pairs: number;
  readonly falseMatches: number;
  readonly falseNonMatches: number;
}

/** How well the model's own calibration fits these pairs. */
export interface CalibrationCheck extends Reliability {
  readonly cllr: number;
  readonly minCllr: number;
}

/** Everything the LFW script found out: the `details` of its `report.json`. */
export interface LfwReport extends MeasurementNotes {
  /** Name of the protocol in LFW's own words. */
  readonly protocol: 'unrestricted, labeled outside data';
  readonly pairs: number;
  readonly images: number;
  /** Images in which no face was found; every pair with one of them is an error. */
  readonly failuresToEnroll: number;
  /** Pairs with such an image. */
  readonly failedPairs: number;
  readonly failedImages: readonly string[];
  /** Images with more than one face. */
  readonly imagesWithSeveralFaces: number;
  readonly result: ProtocolResult;
  /** 95 % for the accuracy, by resampling people; Wilson's where nothing went wrong. */
  readonly accuracyInterval: Interval;
  readonly auc: number;
  readonly eer: number;
  readonly decidability: number;
  readonly tarAtFar: readonly TarAtFar[];
  readonly curve: readonly RatePoint[];
  readonly calibration: CalibrationCheck | null;
  readonly yaw: readonly YawRow[];
}

/** False accept rates that reports name. */
const reportedRates = [0.01, 0.001];

/**
 * Score a pair list: protocol, error rates, calibration and poses, with every failed pair an error.
 *
 * @param list - Its pairs with their distances.
 * @throws {FaceError} `USAGE` when one kind of pair is missing.
 */
export function reportLfw(
  { pairs }: { readonly pairs: readonly MeasuredPair[] },
  {
    images,
    notes,
    threshold,
    calibration,
  }: {
    readonly images: readonly MeasuredImage[];
    readonly notes: MeasurementNotes;
    /** Chosen on another list. Squared L2. */
    readonly threshold?: number;
    /** The model's own, to be checked. */
    readonly calibration?: Calibration;
  },
): LfwReport {
  const scores = scoresOf(pairs);
  const result = evaluatePairs(pairs, threshold === undefined ? {} : { threshold });
  const failed = images.filter(({ faces }) => faces === 0);
  return {
    ...notes,
    protocol: 'unrestricted, labeled outside data',
    pairs: pairs.length,
    images: images.length,
    failuresToEnroll: failed.length,
    failedPairs: pairs.filter(({ distance }) => distance === undefined).length,
    failedImages: failed.map(({ path }) => path),
    imagesWithSeveralFaces: images.filter(({ faces }) => faces > 1).length,
    result,
    accuracyInterval: accuracyInterval(pairs, result),
    auc: areaUnderRoc(scores),
    eer: equalErrorRate(scores),
    decidability: decidability(scores),
    tarAtFar: reportedRates.map((far) => tarAtFar(scores, far)),
    curve: errorCurve(scores).filter(({ threshold }) => Number.isFinite(threshold)),
    calibration: calibration ? checkCalibration(pairs, calibration) : null,
    yaw: yawRows(pairs, { images, result }),
  };
}

/** The `lfw --json` answer. A rate of which not even one false accept could be seen has no TAR. */
export function summarizeLfw(report: LfwReport) {
  const { result, tarAtFar } = report;
  const impostors = report.pairs / 2;
  return {
    pairs: report.pairs,
    accuracy: result.accuracy,
    standardError: result.standardError,
    stdOverFolds: result.stdOverFolds,
    auc: report.auc,
    eer: report.eer,
    tarAtFar: Object.fromEntries(tarAtFar.map(({ far, tar }) => [String(far), far * impostors >= 1 ? tar : null])),
    tarAtFarResolved: Object.fromEntries(tarAtFar.map(({ far, resolved }) => [String(far), resolved])),
    failuresToEnroll: report.failuresToEnroll,
    failedPairs: report.failedPairs,
    images: report.images,
    imagesWithSeveralFaces: report.imagesWithSeveralFaces,
    protocol: report.protocol,
    thresholdFrom: result.thresholdFrom,
    thresholdFile: report.thresholdFile ?? null,
    limit: report.limit ?? null,
    accuracyInterval: report.accuracyInterval,
    model: report.model,
    space: report.space,
    secondsPerImage: report.secondsPerImage,
  };
}

/** The threshold that a pair was decided at. */
export function thresholdOfPair({ folds }: ProtocolResult, { fold }: Pair): number {
  return folds.find((each) => each.fold === fold)!.threshold;
}

function accuracyInterval(pairs: readonly MeasuredPair[], result: ProtocolResult): Interval {
  const indices = new Map<string, number>();
  const indexOf = (name: string) => {
    const index = indices.get(name) ?? indices.size;
    indices.set(name, index);
    return index;
  };
  const trials = pairs.map((pair) => ({
    one: indexOf(pair.one.name),
    other: indexOf(pair.other.name),
    error: !isCorrect(pair, thresholdOfPair(result, pair)),
  }));
  // resampling cannot tell how rare an error is that never happened
  const [lower, upper] = trials.some(({ error }) => error)
    ? bootstrapByIdentity(trials)
    : wilsonInterval(0, trials.length);
  return [1 - upper, 1 - lower];
}

function checkCalibration(pairs: readonly MeasuredPair[], calibration: Calibration): CalibrationCheck | null {
  const { genuine, impostor } = scoresOf(pairs.filter(({ distance }) => distance !== undefined));
  if (genuine.length === 0 || impostor.length === 0) return null;
  const stated = (distance: number) => probabilityAt(calibration, distance);
  return {
    ...measureReliability(genuine.map(stated), impostor.map(stated)),
    cllr: calibrationCost({ genuine, impostor }, calibration),
    minCllr: minLogLikelihoodCost({ genuine, impostor }),
  };
}

function yawRows(
  pairs: readonly MeasuredPair[],
  { images, result }: { readonly images: readonly MeasuredImage[]; readonly result: ProtocolResult },
): readonly YawRow[] {
  const yaws = new Map(images.map(({ path, yawDegrees }) => [path, Math.abs(yawDegrees ?? 0)]));
  const yawOf = ({ one, other }: Pair) =>
    Math.max(yaws.get(lfwImagePath(one)) ?? 0, yaws.get(lfwImagePath(other)) ?? 0);
  return yawBins.map(({ from, to }) => {
    const within = (yaw: number) => yaw >= from && yaw < to;
    const own = pairs.filter((pair) => pair.distance !== undefined && within(yawOf(pair)));
    const wrong = own.filter((pair) => !isCorrect(pair, thresholdOfPair(result, pair)));
    return {
      from,
      to,
      images: images.filter(({ faces, path }) => faces > 0 && within(yaws.get(path)!)).length,
      pairs: own.length,
      falseMatches: wrong.filter(({ same }) => !same).length,
      falseNonMatches: wrong.filter(({ same }) => same).length,
    };
  });
}
