export { exportOnnx } from './export-onnx.ts';
export { type OnnxHeader, type OnnxPort, readOnnxHeader } from './onnx-header.ts';
