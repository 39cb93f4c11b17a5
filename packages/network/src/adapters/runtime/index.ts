export { localRuntime, runtimeNames } from './local-runtime.ts';
export { type AdapterOptions, onnxRuntimeNode } from './onnxruntime-node.ts';
export { onnxRuntimeWasm } from './onnxruntime-wasm.ts';
export { type OpenRuntimeOptions, openRuntime, type PoolOptions, pooledRuntime } from './open-runtime.ts';
export { type ProbeTiming, probeRuntimes, type RuntimeProbe } from './probe-runtimes.ts';
export { type PoolStatistics, RuntimePool, type RuntimePoolOptions } from './runtime-pool.ts';
export { startWorker } from './start-worker.ts';
export { wantedRuntimes, wantedThreads } from './wanted.ts';
