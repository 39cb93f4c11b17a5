import type { Weights } from '@kith/network';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { LoadedBatch } from '../data/loader.ts';

/** What a loss is made of. */
export interface ObjectiveContext {
  /** The network's first output. Shape `[n, dimension]`. */
  readonly embeddings: Tensor;
  readonly batch: LoadedBatch;
  /** The objective's own parameters, by name. */
  readonly parameter: (name: string) => Tensor;
  /** Completed updates, which a schedule of the objective's own goes by. */
  readonly iteration: number;
  /** Tell a number of this step for the log. */
  readonly report: (name: string, value: number) => void;
}

/** What training makes small. */
export interface Objective {
  /** What it learns besides the network, such as class weights. */
  readonly parameters?: Weights | undefined;
  /** Made of tensors, so that gradients flow; called once a step. */
  readonly loss: (context: ObjectiveContext) => Scalar;
}
