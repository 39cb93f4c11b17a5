import type { OnnxModel, RuntimeName } from '../../runtime.ts';
import { assertWeightsFit, type NetworkModel } from '../../weights.ts';
import { asOnnxModel } from './model-bytes.ts';

/** A model whose numbers lie in memory that threads share: one copy, however many threads load it. */
export interface SharedModel {
  readonly id: number;
  readonly content: OnnxModel | NetworkModel;
}

/**
 * Lay a model out for the threads of a pool.
 *
 * @throws {FaceError} `WEIGHTS_MISMATCH` or `WEIGHTS_NOT_FINITE`.
 */
export function shareModel(model: NetworkModel | OnnxModel, runtime: RuntimeName): SharedModel['content'] {
  if (runtime !== 'tfjs' || 'onnx' in model) {
    const { onnx, input } = asOnnxModel(model);
    const shared = new Uint8Array(new SharedArrayBuffer(onnx.length));
    shared.set(onnx);
    return { onnx: shared, input };
  }
  assertWeightsFit(model.network, model.weights);
  const weights = [...model.weights].map(([name, { shape, data }]) => {
    const shared = new Float32Array(new SharedArrayBuffer(data.byteLength));
    shared.set(data);
    return [name, { shape, data: shared }] as const;
  });
  return { network: model.network, weights: new Map(weights) };
}
