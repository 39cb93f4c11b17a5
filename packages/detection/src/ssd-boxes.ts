import { type Candidates, logitOf, sigmoid } from './candidates.ts';
import { ssdBoxSize, ssdClasses, ssdHeads } from './networks/face-api-ssd.ts';

/** Number of the class "face" among a box's logits. */
const faceClass = 1;

/** How much a box's move and stretch were enlarged for training. */
const moveVariance = 10;
const stretchVariance = 5;

/** Side of the heads' boxes as shares of the square, from the finest head to the coarsest; the last is between whom the coarsest interpolates. */
const scales = [0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 1] as const;

/** The finest head has a small square besides. */
const smallestScale = 0.1;

/** Width over height. */
const finestAspects = [2, 0.5] as const;
const aspects = [2, 0.5, 3, 0.3333] as const;

/**
 * Boxes where each cell of each head begins to look.
 *
 * @returns Shape `[5118, 4]`: centre x and y, width and height, as shares of the square.
 * @see Liu et al., SSD, ECCV 2016, §2.2.
 */
export function ssdPriors(): Float32Array {
  const priors: number[] = [];
  ssdHeads.forEach(({ cells }, i) => {
    const shapes = priorShapes(i);
    for (let row = 0; row < cells; row++)
      for (let column = 0; column < cells; column++)
        for (const [width, height] of shapes) priors.push((column + 0.5) / cells, (row + 0.5) / cells, width, height);
  });
  return Float32Array.from(priors);
}

function priorShapes(head: number): readonly (readonly [width: number, height: number])[] {
  const scale = scales[head]!;
  const ofAspect = (aspect: number) => [scale * Math.sqrt(aspect), scale / Math.sqrt(aspect)] as const;
  if (head === 0) return [[smallestScale, smallestScale], ...finestAspects.map(ofAspect)];
  const between = Math.sqrt(scale * scales[head + 1]!);
  return [[scale, scale], [between, between], ...aspects.map(ofAspect)];
}

const priors = ssdPriors();

/**
 * Read the boxes out of what `face-api-ssd` gives for one image.
 *
 * @param outputs - The heads' boxes and classes in turn, `[cells, cells, anchors · 4]` and `[cells, cells, anchors · 3]`.
 * @param minScore - Boxes at or below this score are left out, in (0, 1).
 */
export function ssdCandidates(
  outputs: readonly Float32Array[],
  { minScore }: { readonly minScore: number },
): Candidates {
  const minLogit = logitOf(minScore);
  const boxes: number[] = [];
  const scores: number[] = [];
  let prior = 0;
  ssdHeads.forEach(({ cells, anchors }, head) => {
    const moves = outputs[2 * head]!;
    const logits = outputs[2 * head + 1]!;
    for (let i = 0; i < cells * cells * anchors; i++, prior += 4) {
      const logit = logits[i * ssdClasses + faceClass]!;
      if (!(logit > minLogit)) continue;
      scores.push(sigmoid(logit));
      pushBox(boxes, moves, { at: i * ssdBoxSize, prior });
    }
  });
  return { boxes: Float32Array.from(boxes), scores: Float32Array.from(scores) };
}

/** A prior, moved and stretched; the net tells y before x. */
function pushBox(
  boxes: number[],
  moves: Float32Array,
  { at, prior }: { readonly at: number; readonly prior: number },
): void {
  const [width, height] = [priors[prior + 2]!, priors[prior + 3]!];
  const y = priors[prior + 1]! + (moves[at]! / moveVariance) * height;
  const x = priors[prior]! + (moves[at + 1]! / moveVariance) * width;
  const halfHeight = (Math.exp(moves[at + 2]! / stretchVariance) * height) / 2;
  const halfWidth = (Math.exp(moves[at + 3]! / stretchVariance) * width) / 2;
  boxes.push(x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight);
}
