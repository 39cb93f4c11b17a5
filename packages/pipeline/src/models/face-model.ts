import type { AlignedFace, Box, Detection, Embedder, Embedding, EmbeddingSpace, Image, Landmarks } from '@kith/core';
import type { DecisionTable } from '@kith/evaluation';
import type { Network, Runtime, RuntimeName } from '@kith/network';
import type { FaceFinder } from './face-finder.ts';

/** One loaded model: its nets, the way a face is brought before them, and what is known of its errors. */
export interface FaceModel {
  readonly name: string;
  readonly space: EmbeddingSpace;
  readonly runtime: RuntimeName;
  /** Name of the detector with its settings: what decides which faces are found, though not where they are embedded. */
  readonly detector: string;
  /** What was measured of the model; missing only where the model was loaded to be measured. */
  readonly decisions: DecisionTable | undefined;
  /** Find all faces, best score first. */
  detect(image: Image): Promise<readonly Detection[]>;
  /** Locate the landmarks of the faces in boxes, one set a box, in order. */
  locate(image: Image, boxes: readonly Box[]): Promise<readonly Landmarks[]>;
  /** Bring a face into the position that the embedder takes. */
  align(image: Image, landmarks: Landmarks): AlignedFace;
  /** Embed aligned faces, one embedding a face, in order. */
  embed(faces: readonly AlignedFace[]): Promise<readonly Embedding[]>;
  /** Free the nets. */
  dispose(): Promise<void>;
}

/** What a model is made of, before anything is loaded. */
export interface ModelPlan {
  readonly name: string;
  readonly space: EmbeddingSpace;
  /** The network that embeds. */
  readonly network: Network;
  /** Whether its weights are there. */
  isAvailable(): Promise<boolean>;
  align(image: Image, landmarks: Landmarks): AlignedFace;
  openFinder(runtime: Runtime): Promise<FaceFinder>;
  openEmbedder(runtime: Runtime): Promise<Embedder>;
}
