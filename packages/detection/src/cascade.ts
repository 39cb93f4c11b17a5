import {
  type Box,
  boxCentre,
  boxSize,
  type Detection,
  type Detector,
  FaceError,
  type Image,
  intersectionOverUnion,
  scaleBox,
  scaleOf,
  shrink,
} from '@kith/core';

/** One detector of a cascade. */
export interface CascadeStage {
  readonly detector: Detector;
  /**
   * The smallest face this stage is trusted with, as a share of the image's longer side; 0 trusts it with any.
   * A smaller face in the answer is not believed, but sends the image on to the next stage.
   */
  readonly smallestFaceShare?: number;
}

export interface CascadeOptions {
  /** A face is one from this score on, the scores of the stages that agree on it taken together. */
  readonly acceptScore?: number;
  /** A box from this score on that is not yet a face leaves the question open. */
  readonly hintScore?: number;
}

/** Photos are halved to less than twice this before any stage sees them: no stage looks closer, and memory stays bounded. */
const workingSidePx = 1024;

/** Boxes that overlap, and what their stages make of them together. */
interface Cluster {
  readonly best: Detection;
  /** Product of 1 − score over the stages that saw it: the chance that all of them were wrong. */
  readonly doubt: number;
}

/**
 * Ask detectors in turn, cheapest first, until no question is open: faces found, and no hint of one left unexplained.
 *
 * Stages that agree on a box add up, `1 − Π(1 − score)`, so two weak answers in one place make a face and one does not.
 *
 * @param stages - Cheapest first; at least one.
 * @returns A detector whose scores are those of the stages taken together, 0–1.
 */
export function cascade(
  stages: readonly CascadeStage[],
  { acceptScore = 0.5, hintScore = 0.25 }: CascadeOptions = {},
): Detector {
  if (stages.length === 0) throw new FaceError('USAGE', 'A cascade needs at least one detector, got none.');
  return {
    name: `cascade(${stages.map(stageName).join(',')};${acceptScore};${hintScore})`,
    async detect(photo) {
      const { image, toOriginal } = shrink(photo, workingSidePx);
      // a sliver that cannot be halved further shows nobody
      if (Math.max(image.width, image.height) >= 2 * workingSidePx) return [];
      let clusters: readonly Cluster[] = [];
      /** Answers that no stage yet was trusted with. */
      let hints: readonly Detection[] = [];
      for (const { detector, smallestFaceShare = 0 } of stages) {
        const seen = await detector.detect(image);
        const isTrusted = ({ box }: Detection) => faceShare(box, image) >= smallestFaceShare;
        clusters = merge(clusters, seen.filter(isTrusted));
        hints = [...hints, ...seen].filter((detection) => !isTrusted(detection));
        const beliefs = clusters.map(({ doubt }) => 1 - doubt);
        const unsure = beliefs.filter((belief) => belief < acceptScore);
        const open = [...unsure, ...hints.map(({ score }) => score)].some((score) => score >= hintScore);
        if (!open && beliefs.some((belief) => belief >= acceptScore)) break;
      }
      const scale = scaleOf(toOriginal);
      return accepted(clusters, acceptScore).map(({ box, score }) => ({ box: scaleBox(box, scale), score }));
    },
  };
}

/** With all that decides what is believed, since answers are kept under it. */
function stageName({ detector, smallestFaceShare = 0 }: CascadeStage): string {
  return smallestFaceShare === 0 ? detector.name : `${detector.name} from ${smallestFaceShare}`;
}

function accepted(clusters: readonly Cluster[], acceptScore: number): readonly Detection[] {
  return clusters
    .filter(({ doubt }) => 1 - doubt >= acceptScore)
    .map(({ best, doubt }) => ({ box: best.box, score: 1 - doubt }))
    .sort((one, other) => other.score - one.score);
}

/** Add a stage's detections: each to the nearest cluster of the same face, or as a cluster of its own. */
function merge(clusters: readonly Cluster[], detections: readonly Detection[]): Cluster[] {
  const merged = [...clusters];
  const taken = new Set<number>();
  for (const detection of detections) {
    const [nearest] = clusters
      .map(({ best }, i) => ({ i, distance: centreDistance(best.box, detection.box), best }))
      .filter(({ i, best }) => !taken.has(i) && isSameFace(best.box, detection.box))
      .sort((one, other) => one.distance - other.distance);
    if (nearest) {
      const { best, doubt } = merged[nearest.i]!;
      taken.add(nearest.i);
      merged[nearest.i] = {
        best: detection.score > best.score ? detection : best,
        doubt: doubt * (1 - detection.score),
      };
    } else merged.push({ best: detection, doubt: 1 - detection.score });
  }
  return merged;
}

/** Whether two boxes show one face: they overlap by a third, or one lies around the middle of the other, at most twice as wide. */
function isSameFace(one: Box, other: Box): boolean {
  if (intersectionOverUnion(one, other) >= 1 / 3) return true;
  const [smaller, larger] = [shorterSide(one), shorterSide(other)].sort((a, b) => a - b) as [number, number];
  return larger <= 2 * smaller && centreDistance(one, other) <= larger / 4;
}

function centreDistance(one: Box, other: Box): number {
  const [x, y] = boxCentre(one);
  const [u, v] = boxCentre(other);
  return Math.hypot(u - x, v - y);
}

function shorterSide(box: Box): number {
  const { width, height } = boxSize(box);
  return Math.min(width, height);
}

function faceShare(box: Box, { width, height }: Image): number {
  return shorterSide(box) / Math.max(width, height);
}
