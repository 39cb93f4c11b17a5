import { type Candidates, logitOf, sigmoid } from './candidates.ts';
import { tinyAnchors, tinyBoxSize } from './networks/face-api-tiny.ts';

export interface TinyOptions {
  /** Cells a side of the net's maps: its square's side over 32. */
  readonly cells: number;
  /** Boxes at or below this score are left out, in (0, 1). */
  readonly minScore: number;
}

/**
 * Read the boxes out of what `face-api-tiny` gives for one image.
 *
 * @param output - Shape `[cells, cells, anchors · 5]`.
 * @see Redmon & Farhadi, YOLO9000, CVPR 2017, §2.
 */
export function tinyCandidates(output: Float32Array, { cells, minScore }: TinyOptions): Candidates {
  const minLogit = logitOf(minScore);
  const boxes: number[] = [];
  const scores: number[] = [];
  for (let i = 0, at = 0; i < cells * cells; i++) {
    for (const [anchorWidth, anchorHeight] of tinyAnchors) {
      const logit = output[at + 4]!;
      if (logit > minLogit) {
        const x = ((i % cells) + sigmoid(output[at]!)) / cells;
        const y = (Math.floor(i / cells) + sigmoid(output[at + 1]!)) / cells;
        const halfWidth = (Math.exp(output[at + 2]!) * anchorWidth) / cells / 2;
        const halfHeight = (Math.exp(output[at + 3]!) * anchorHeight) / cells / 2;
        boxes.push(x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight);
        scores.push(sigmoid(logit));
      }
      at += tinyBoxSize;
    }
  }
  return { boxes: Float32Array.from(boxes), scores: Float32Array.from(scores) };
}
