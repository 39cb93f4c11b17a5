import type { OnnxModel } from '../../runtime.ts';
import { assertWeightsFit, type NetworkModel } from '../../weights.ts';
import { exportOnnx } from '../onnx/index.ts';

/**
 * A model as a file: a table with its weights is checked and written down as ONNX.
 *
 * @throws {FaceError} `WEIGHTS_MISMATCH` or `WEIGHTS_NOT_FINITE`.
 */
export function asOnnxModel(model: NetworkModel | OnnxModel): OnnxModel {
  if ('onnx' in model) return model;
  assertWeightsFit(model.network, model.weights);
  return { onnx: exportOnnx(model), input: model.network.input };
}
