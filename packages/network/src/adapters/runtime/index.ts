export { type AdapterOptions, onnxRuntimeNode } from './onnxruntime-node.ts';
export { onnxRuntimeWasm } from './onnxruntime-wasm.ts';
