export { exportOnnx } from './export-onnx.ts';
