import { type Detection, type Detector, FaceError, type Image, scaleOf, shrink } from '@kith/core';
import type { Session } from '@kith/network';
import type { Candidates } from './candidates.ts';
import { letterbox } from './letterbox.ts';
import { ssdBoxSize, ssdClasses, ssdHeads } from './networks/face-api-ssd.ts';
import { tinyAnchors, tinyBoxSize } from './networks/face-api-tiny.ts';
import { nonMaximumSuppression, type SuppressionOptions } from './non-maximum-suppression.ts';
import { assertSession } from './session-shape.ts';
import { ssdCandidates } from './ssd-boxes.ts';
import { tinyCandidates } from './tiny-boxes.ts';

/** The side in px of the square that the SSD looks at; its priors are made for this size. */
const ssdSidePx = 512;

/** Px that a cell of the tiny detector's maps stands for. */
const tinyCellPx = 32;

export interface DetectorOptions {
  /** Detections at or below this score are not reported, in (0, 1). */
  readonly minScore?: number;
}

/**
 * Detect with `face-api-ssd`, which looks at the image at 512 px.
 *
 * @throws {FaceError} `USAGE` for a score out of range, `MODEL_UNSUPPORTED` for a session of another network.
 */
export function ssdDetector(session: Session, { minScore = 0.1 }: DetectorOptions = {}): Detector {
  assertScore(minScore);
  const lengths = ssdHeads.flatMap(({ cells, anchors }) =>
    [ssdBoxSize, ssdClasses].map((size) => cells * cells * anchors * size),
  );
  assertSession(session, 'The SSD', { input: [ssdSidePx, ssdSidePx, 3], outputs: lengths });
  return {
    name: 'ssd',
    detect: (image) =>
      detect(session, image, {
        sidePx: ssdSidePx,
        candidates: (outputs) => ssdCandidates(outputs, { minScore }),
        suppression: { maxOverlap: 0.5, maxCount: 500 },
        // the SSD's boxes end at its square
        bound: (share) => Math.min(Math.max(share, 0), 1),
      }),
  };
}

/**
 * Detect with `face-api-tiny`, which looks at the image at `sidePx`.
 *
 * @throws {FaceError} `USAGE` for a score out of range, `MODEL_UNSUPPORTED` for a session of another network or side.
 */
export function tinyDetector(
  session: Session,
  { sidePx = 320, minScore = 0.1 }: DetectorOptions & { readonly sidePx?: number } = {},
): Detector {
  assertScore(minScore);
  const cells = Math.floor(sidePx / tinyCellPx);
  const length = cells * cells * tinyAnchors.length * tinyBoxSize;
  assertSession(session, 'The tiny detector', { input: [sidePx, sidePx, 3], outputs: [length] });
  return {
    name: `tiny${sidePx}`,
    detect: (image) =>
      detect(session, image, {
        sidePx,
        candidates: ([output]) => tinyCandidates(output!, { cells, minScore }),
        suppression: { maxOverlap: 0.4 },
        bound: (share) => share,
      }),
  };
}

interface Look {
  readonly sidePx: number;
  readonly candidates: (outputs: readonly Float32Array[]) => Candidates;
  readonly suppression: SuppressionOptions;
  readonly bound: (share: number) => number;
}

/** Run a detector on an image shrunk to about the size that it looks at. */
async function detect(
  session: Session,
  image: Image,
  { sidePx, candidates, suppression, bound }: Look,
): Promise<readonly Detection[]> {
  const { image: small, toOriginal } = shrink(image, sidePx);
  const outputs = await session.run({ count: 1, data: letterbox(small, sidePx) });
  const found = candidates(outputs);
  const scale = scaleOf(toOriginal) * Math.max(small.width, small.height);
  return nonMaximumSuppression(found, suppression).map((i) => {
    const [xMin, yMin, xMax, yMax] = found.boxes.subarray(4 * i, 4 * i + 4).map((share) => bound(share) * scale);
    return { box: { xMin: xMin!, yMin: yMin!, xMax: xMax!, yMax: yMax! }, score: found.scores[i]! };
  });
}

function assertScore(minScore: number): void {
  if (!(minScore > 0 && minScore < 1)) {
    throw new FaceError('USAGE', `A detector's lowest score is in (0, 1), got ${minScore}.`);
  }
}
