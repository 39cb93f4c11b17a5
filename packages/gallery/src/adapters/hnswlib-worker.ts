import { parentPort, workerData } from 'node:worker_threads';
import type { VectorSnapshot } from '../exact-index.ts';
import { HnswlibGraph } from './hnswlib-graph.ts';
import { type WorkerAnswer, type WorkerRequest, type WorkerSetup, workerFlags } from './hnswlib-worker-protocol.ts';

const { dir, dimension, graph: options, flags } = workerData as WorkerSetup;
let graph: HnswlibGraph | undefined;

function assertWanted(): void {
  if (Atomics.load(flags, workerFlags.stop) === 1) throw new Error('the index is closed');
}

function open(snapshot: VectorSnapshot): Partial<WorkerAnswer> {
  graph = new HnswlibGraph(dimension, { ...options, assertWanted });
  try {
    if (dir === undefined) throw new Error('it is kept in memory');
    graph.load(dir, snapshot);
    return {};
  } catch (error) {
    graph.build(snapshot);
    return { builtBecause: error instanceof Error ? error.message : String(error) };
  }
}

function answer(request: WorkerRequest): Partial<WorkerAnswer> {
  assertWanted();
  if (request.kind === 'open') return open(request);
  if (!graph) throw new Error('the index is not open');
  if (request.kind === 'search') return graph.search(request.vector, request.count);
  if (request.kind === 'add') graph.add(request.id, request.vector);
  else if (request.kind === 'remove') graph.remove(request.id);
  else if (dir !== undefined) graph.save(dir);
  return { hidden: graph.hidden };
}

function setBusy(busy: 0 | 1): void {
  Atomics.store(flags, workerFlags.busy, busy);
  Atomics.notify(flags, workerFlags.busy);
}

parentPort?.on('message', ({ sequence, request }: { sequence: number; request: WorkerRequest | undefined }) => {
  if (!request) return parentPort?.close();
  let reply: WorkerAnswer;
  setBusy(1);
  try {
    reply = { sequence, ...answer(request) };
  } catch (error) {
    reply = { sequence, error: error instanceof Error ? error.message : String(error) };
  } finally {
    setBusy(0);
  }
  parentPort?.postMessage(reply);
});
