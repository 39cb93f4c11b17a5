import { basename } from 'node:path';
import { formatSpace, squaredL2 } from '@kith/core';
import {
  bestThreshold,
  type LfwReport,
  lfwImagePath,
  limitPairs,
  type MeasuredPair,
  type PairList,
  reportLfw,
  scoresOf,
} from '@kith/evaluation';
import { measured, openRecognizer, type Recognizer } from '@kith/pipeline';
import { findImageFolder, imagesOf, readPairs } from '@kith/pipeline/data';
import type { CachedPhoto } from './embedding-cache.ts';
import { measurePhotos } from './measure-photos.ts';

export interface EvaluateOptions {
  readonly images: string;
  readonly pairs: string;
  readonly thresholdFrom?: string;
  readonly limit?: number;
  readonly model?: string;
  readonly cache: string;
  readonly command: string;
  readonly signal: AbortSignal;
  /** Whether to leave out the lines of progress where stderr is no terminal. */
  readonly isQuiet?: boolean;
}

/** A scored list with what it was scored from. */
export interface Evaluation {
  readonly report: LfwReport;
  readonly pairs: readonly MeasuredPair[];
  readonly folder: string;
  readonly photos: ReadonlyMap<string, CachedPhoto>;
}

/**
 * Run the protocol: read the lists, embed the images they name, score the pairs.
 *
 * @throws {FaceError} `PAIRS_MALFORMED`, `FILE_NOT_FOUND`, `DATASET_INCOMPLETE`, `MODEL_UNKNOWN` or `CANCELLED`.
 */
export async function evaluateList(options: EvaluateOptions): Promise<Evaluation> {
  const whole = await readPairs(options.pairs);
  const list = options.limit === undefined ? whole : limitPairs(whole, options.limit);
  const other = options.thresholdFrom === undefined ? undefined : await readPairs(options.thresholdFrom);
  const lists = other ? [list, other] : [list];
  const folder = await findImageFolder(options.images, lists);
  const recognizer = await openRecognizer(options.model === undefined ? {} : { model: options.model });
  try {
    const { cache, signal, isQuiet = false } = options;
    const photos = await measurePhotos(recognizer, { folder, paths: imagesOf(lists), cache, signal, isQuiet });
    const pairs = measurePairs(list, photos);
    const threshold = other && bestThreshold(scoresOf(measurePairs(other, photos))).threshold;
    const report = reportOf(recognizer, { list, whole, pairs, photos, threshold, options });
    return { report, pairs, folder, photos };
  } finally {
    await recognizer.close();
  }
}

function reportOf(
  { model }: Recognizer,
  {
    list,
    whole,
    pairs,
    photos,
    threshold,
    options,
  }: {
    readonly list: PairList;
    readonly whole: PairList;
    readonly pairs: readonly MeasuredPair[];
    readonly photos: Evaluation['photos'];
    readonly threshold: number | undefined;
    readonly options: EvaluateOptions;
  },
): LfwReport {
  const paths = imagesOf([list]);
  const images = paths.map((path) => {
    const { faces, face } = photos.get(path)!;
    return { path, faces, ...(face ? { yawDegrees: face.yawDegrees } : {}) };
  });
  const seconds = paths.reduce((sum, path) => sum + photos.get(path)!.seconds, 0);
  const perKind = pairs.length / list.folds / 2;
  const limit = `the first ${perKind} genuine and ${perKind} impostor pairs of ${
    list.folds < whole.folds ? `the first ${list.folds} of ` : whole.folds > 1 ? 'each of ' : 'its '
  }${whole.folds} fold${whole.folds > 1 ? 's' : ''}`;
  return reportLfw(
    { pairs },
    {
      images,
      calibration: measured(model).decisions.calibration,
      ...(threshold === undefined ? {} : { threshold }),
      notes: {
        model: model.name,
        space: formatSpace(model.space),
        command: options.command,
        date: new Date().toISOString().slice(0, 10),
        pairsFile: basename(options.pairs),
        ...(options.thresholdFrom === undefined ? {} : { thresholdFile: basename(options.thresholdFrom) }),
        ...(pairs.length < whole.pairs.length ? { limit } : {}),
        secondsPerImage: seconds / paths.length,
      },
    },
  );
}

/** Distances of a list's pairs; none where a face was not found. */
function measurePairs({ pairs }: PairList, photos: Evaluation['photos']): readonly MeasuredPair[] {
  return pairs.map((pair) => {
    const one = photos.get(lfwImagePath(pair.one))?.face;
    const other = photos.get(lfwImagePath(pair.other))?.face;
    return one && other ? { ...pair, distance: squaredL2(one.embedding, other.embedding) } : pair;
  });
}
