import type { OnnxModel } from '../../runtime.ts';
import type { NetworkModel } from '../../weights.ts';
import { exportOnnx } from '../onnx/export-onnx.ts';
import { assertOnnxReadable } from '../onnx/onnx-header.ts';

/**
 * A model as a file: a table with its weights is checked and written down as ONNX, and a file is checked for its versions.
 *
 * @throws {FaceError} `WEIGHTS_MISMATCH` or `WEIGHTS_NOT_FINITE`; for a file `MODEL_UNSUPPORTED` or `WEIGHTS_MALFORMED`.
 */
export function asOnnxModel(model: NetworkModel | OnnxModel): OnnxModel {
  if ('onnx' in model) {
    assertOnnxReadable(model.onnx);
    return model;
  }
  return { onnx: exportOnnx(model), input: model.network.input };
}
