export { type OperationLayerClass, type OperationLayerConfig, operationLayer } from './layer.ts';
export { loadTensorFlow } from './load-tensorflow.ts';
export {
  assignWeights,
  buildModel,
  keptVariables,
  type ModelOptions,
  readWeights,
  trainableVariables,
} from './model.ts';
export { tfjsRuntime } from './runtime.ts';
export type { TensorFlow } from './tensorflow.ts';
