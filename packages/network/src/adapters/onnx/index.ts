export { exportInt8 } from './export-int8.ts';
export { exportOnnx } from './export-onnx.ts';
export { type OnnxHeader, type OnnxPort, readOnnxHeader } from './onnx-header.ts';
