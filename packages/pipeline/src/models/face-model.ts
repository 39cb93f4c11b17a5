import type { AlignedFace, Box, Detection, Embedding, EmbeddingSpace, Image, Landmarks } from '@kith/core';
import type { DecisionTable } from '@kith/evaluation';

/** One loaded model: its nets, the way a face is brought before them, and what is known of its errors. */
export interface FaceModel {
  readonly name: string;
  readonly space: EmbeddingSpace;
  /** Name of the detector with its settings: what decides which faces are found, though not where they are embedded. */
  readonly detector: string;
  readonly decisions: DecisionTable;
  /** Find all faces, best score first. */
  detect(image: Image): Promise<readonly Detection[]>;
  /** Locate the landmarks of the face in a box. */
  locate(image: Image, box: Box): Promise<Landmarks>;
  /** Bring a face into the position that the embedder takes. */
  align(image: Image, landmarks: Landmarks): AlignedFace;
  /** Embed aligned faces, one embedding a face, in order. */
  embed(faces: readonly AlignedFace[]): Promise<readonly Embedding[]>;
  /** Free the nets. */
  dispose(): void;
}
