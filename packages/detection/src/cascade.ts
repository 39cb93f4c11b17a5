import {
  type Box,
  boxSize,
  type Detection,
  type Detector,
  FaceError,
  type Image,
  intersectionOverUnion,
} from '@kith/core';

/** One detector of a cascade. */
export interface CascadeStage {
  readonly detector: Detector;
  /**
   * The smallest face this stage is trusted with, as a share of the image's longer side; 0 trusts it with any.
   * A smaller face in the answer sends the image on to the next stage.
   */
  readonly smallestFaceShare?: number;
}

export interface CascadeOptions {
  /** A face is one from this score on, the scores of the stages that agree on it taken together. */
  readonly acceptScore?: number;
  /** A box from this score on that is not yet a face leaves the question open. */
  readonly hintScore?: number;
  /** Boxes that overlap this much (intersection over union) are one face. */
  readonly sameFaceOverlap?: number;
}

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
  { acceptScore = 0.5, hintScore = 0.25, sameFaceOverlap = 0.35 }: CascadeOptions = {},
): Detector {
  if (stages.length === 0) throw new FaceError('USAGE', 'A cascade needs at least one detector, got none.');
  return {
    name: `cascade(${stages.map(({ detector }) => detector.name).join(',')};${acceptScore};${hintScore};${sameFaceOverlap})`,
    async detect(image) {
      let clusters: readonly Cluster[] = [];
      for (const { detector, smallestFaceShare = 0 } of stages) {
        clusters = merge(clusters, await detector.detect(image), sameFaceOverlap);
        const faces = accepted(clusters, acceptScore);
        const open = clusters.some(({ doubt }) => 1 - doubt >= hintScore && 1 - doubt < acceptScore);
        if (faces.length > 0 && !open && faces.every(({ box }) => faceShare(box, image) >= smallestFaceShare)) break;
      }
      return accepted(clusters, acceptScore);
    },
  };
}

function accepted(clusters: readonly Cluster[], acceptScore: number): readonly Detection[] {
  return clusters
    .filter(({ doubt }) => 1 - doubt >= acceptScore)
    .map(({ best, doubt }) => ({ box: best.box, score: 1 - doubt }))
    .sort((one, other) => other.score - one.score);
}

/** Add a stage's detections: each to the cluster it overlaps most, or as a cluster of its own. */
function merge(clusters: readonly Cluster[], detections: readonly Detection[], sameFaceOverlap: number): Cluster[] {
  const merged = [...clusters];
  const taken = new Set<number>();
  for (const detection of detections) {
    let nearest = -1;
    let overlap = sameFaceOverlap;
    clusters.forEach(({ best }, i) => {
      const o = intersectionOverUnion(best.box, detection.box);
      if (!taken.has(i) && o >= overlap) [nearest, overlap] = [i, o];
    });
    if (nearest >= 0) {
      const { best, doubt } = merged[nearest]!;
      taken.add(nearest);
      merged[nearest] = {
        best: detection.score > best.score ? detection : best,
        doubt: doubt * (1 - detection.score),
      };
    } else merged.push({ best: detection, doubt: 1 - detection.score });
  }
  return merged;
}

function faceShare(box: Box, { width, height }: Image): number {
  const size = boxSize(box);
  return Math.min(size.width, size.height) / Math.max(width, height);
}
