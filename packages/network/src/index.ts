export { type BottleneckOptions, invertedBottleneck } from './blocks/bottleneck.ts';
export { type FireOptions, fire } from './blocks/fire.ts';
export * from './blocks/inception.ts';
export * from './blocks/inception-towers.ts';
export * from './blocks/mlpconv.ts';
export { depthwiseSeparable, type SeparableOptions } from './blocks/separable.ts';
export { type ShuffleUnitOptions, shuffleUnit } from './blocks/shuffle.ts';
export { flagOf, lineOf, numbersOf, textsOf, wholesOf } from './caffe/fields.ts';
export { type PrototxtOptions, readPrototxt } from './caffe/read-prototxt.ts';
export { type Message, parseTextFormat } from './caffe/text-format.ts';
export { count, countGraph, type NetworkCount, type RowCount } from './count.ts';
export { foldBatchNorm, foldedNetwork } from './fold.ts';
export type { Geometry } from './geometry.ts';
export { type Graph, inputName, layOut, type Node } from './graph.ts';
export * from './layers.ts';
export { type Network, type NetworkOptions, network, resized, upTo } from './network.ts';
export type {
  ActivationName,
  Branches,
  Chain,
  Layer,
  Operation,
  OperationKind,
  PoolWindow,
  Step,
  Window,
} from './operation.ts';
export type { Fill, Parameter } from './parameters.ts';
export { networkSvg } from './print/network-svg.ts';
export { escapeSvg, svgFonts } from './print/svg-shapes.ts';
export { alignColumns, networkTable, operationText, wholeText } from './print/table.ts';
export { runInParts } from './run-in-parts.ts';
export type { Batch, OnnxModel, RunOptions, Runtime, RuntimeName, Session } from './runtime.ts';
export {
  channelsOf,
  elementsOf,
  formatShape,
  isMaps,
  type Maps,
  type Padding,
  type Pair,
  type Shape,
  type Sides,
} from './shape.ts';
export {
  type StrongestOptions,
  type StrongestUnits,
  strongestUnits,
  type UnitView,
} from './visualize/strongest-units.ts';
export { projectBack, type Trace, type TraceOptions, traceNetwork } from './visualize/trace.ts';
export {
  assertWeightsFit,
  initialWeights,
  type NetworkModel,
  parameters,
  type Weights,
  type WeightTensor,
} from './weights.ts';
export * from './zoo/index.ts';
