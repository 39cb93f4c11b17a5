import type { Embedding, EmbeddingSpace } from './embedding.ts';
import type { Affine, Box } from './geometry.ts';
import type { Image } from './image.ts';
import type { Landmarks } from './landmarks.ts';

/** One face found. `score` is 0–1 and not comparable between detectors. */
export interface Detection {
  readonly box: Box;
  readonly score: number;
}

/** A face in a template's position. `toImage` leads from its px to the photo's px. */
export interface AlignedFace {
  readonly image: Image;
  readonly toImage: Affine;
}

/** Port: finds the faces of an image, best score first. */
export interface Detector {
  readonly name: string;
  detect(image: Image): Promise<readonly Detection[]>;
}

/** Port: finds the landmarks of the faces in boxes, one set a box, in order. */
export interface LandmarkDetector {
  readonly name: string;
  locate(image: Image, boxes: readonly Box[]): Promise<readonly Landmarks[]>;
}

/** Port: embeds aligned faces, one embedding a face, in order. */
export interface Embedder {
  readonly space: EmbeddingSpace;
  embed(faces: readonly AlignedFace[]): Promise<readonly Embedding[]>;
}

export interface Neighbour {
  readonly id: number;
  /** Squared L2, in [0, 4]. */
  readonly distance: number;
}

/** Port: nearest neighbours among embeddings under whole-number ids. */
export interface VectorIndex {
  readonly size: number;
  add(id: number, embedding: Embedding): Promise<void>;
  remove(id: number): Promise<void>;
  /** The `count` nearest, nearest first; fewer where there are fewer. */
  search(probe: Embedding, count: number): Promise<readonly Neighbour[]>;
  close(): Promise<void>;
}
