import { parentPort, workerData } from 'node:worker_threads';
import type { VectorSnapshot } from '../exact-index.ts';
import { type GraphOptions, HnswlibGraph } from './hnswlib-graph.ts';

/** What the worker is started with. */
export interface WorkerSetup {
  readonly dir: string | undefined;
  readonly dimension: number;
  readonly graph: GraphOptions;
}

/** What the worker is asked; answered in order. */
export type WorkerRequest =
  | ({ readonly kind: 'open' } & VectorSnapshot)
  | { readonly kind: 'add'; readonly id: number; readonly vector: Float32Array }
  | { readonly kind: 'remove'; readonly id: number }
  | { readonly kind: 'search'; readonly vector: Float32Array; readonly count: number }
  | { readonly kind: 'save' };

export interface WorkerAnswer {
  readonly sequence: number;
  readonly error?: string;
  /** Of `open`: why the graph had to be built; absent where the cache was good. */
  readonly builtBecause?: string;
  readonly labels?: readonly number[];
  readonly distances?: readonly number[];
  readonly hidden?: number;
}

const { dir, dimension, graph: graphOptions } = workerData as WorkerSetup;
let graph: HnswlibGraph | undefined;

function open(snapshot: VectorSnapshot): Partial<WorkerAnswer> {
  graph = new HnswlibGraph(dimension, graphOptions);
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
  if (request.kind === 'open') return open(request);
  if (!graph) throw new Error('the index is not open');
  if (request.kind === 'search') return graph.search(request.vector, request.count);
  if (request.kind === 'add') graph.add(request.id, request.vector);
  else if (request.kind === 'remove') graph.remove(request.id);
  else if (dir !== undefined) graph.save(dir);
  return { hidden: graph.hidden };
}

parentPort?.on('message', ({ sequence, request }: { readonly sequence: number; readonly request: WorkerRequest }) => {
  let reply: WorkerAnswer;
  try {
    reply = { sequence, ...answer(request) };
  } catch (error) {
    reply = { sequence, error: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(reply);
});
