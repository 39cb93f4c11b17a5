import { FaceError } from '@kith/core';
import type * as tfTypes from '@tensorflow/tfjs';
import { layOut } from '../../graph.ts';
import type { Batch, OnnxModel, RunOptions, Runtime, Session } from '../../runtime.ts';
import type { Shape } from '../../shape.ts';
import type { NetworkModel } from '../../weights.ts';
import { assertBatch, assertOpen, assertWanted } from '../runtime/batch-checks.ts';
import { messageOf } from '../runtime/failure.ts';
import { buildModel } from './model.ts';
import type { TensorFlow } from './tensorflow.ts';

/** The reference runtime: a table's own model, dropout off, batch norm on its running statistics. */
export function tfjsRuntime(tf: TensorFlow): Runtime {
  const sessions = new Set<Session>();
  let disposed = false;
  return {
    name: 'tfjs',
    async load(model) {
      assertOpen(disposed);
      const session: Session = new TfjsSession(tf, { ...tableOf(model), closed: () => sessions.delete(session) });
      sessions.add(session);
      return session;
    },
    async dispose() {
      disposed = true;
      await Promise.all([...sessions].map((session) => session.dispose()));
    },
  };
}

function tableOf(model: NetworkModel | OnnxModel): NetworkModel {
  if ('network' in model) return model;
  throw new FaceError(
    'MODEL_UNSUPPORTED',
    'The runtime tfjs runs tables with their weights, got an ONNX file, which onnxruntime and onnxruntime-wasm run.',
  );
}

interface SessionOptions extends NetworkModel {
  readonly closed: () => void;
}

class TfjsSession implements Session {
  readonly input: Shape;
  readonly outputs: Session['outputs'];
  readonly #tf: TensorFlow;
  readonly #model: tfTypes.LayersModel;
  readonly #closed: () => void;
  #isClosed = false;

  constructor(tf: TensorFlow, { network, weights, closed }: SessionOptions) {
    const graph = layOut(network);
    const shapes = new Map(graph.nodes.map(({ name, shape }) => [name, shape]));
    this.input = graph.input;
    this.outputs = graph.outputs.map((name) => ({ name, shape: shapes.get(name) ?? graph.input }));
    this.#tf = tf;
    this.#model = buildModel(tf, network, { weights });
    this.#closed = closed;
  }

  async run({ count, data }: Batch, { signal }: RunOptions = {}): Promise<readonly Float32Array[]> {
    if (this.#isClosed) throw new FaceError('USAGE', 'The session was disposed of, expected one in use.');
    assertWanted(signal);
    assertBatch({ count, data }, this.input);
    const outputs = this.#predict(count, data);
    try {
      const answers = await Promise.all(outputs.map(async (output) => Float32Array.from(await output.data())));
      assertWanted(signal);
      return answers;
    } finally {
      this.#tf.dispose(outputs);
    }
  }

  #predict(count: number, data: Batch['data']): tfTypes.Tensor[] {
    try {
      return this.#tf.tidy(() => {
        // numbers of its own: the caller's may be bytes, or lie in shared memory
        const numbers = this.#tf.tensor(new Float32Array(data), [count, ...this.input]);
        return [this.#model.predictOnBatch(numbers)].flat();
      });
    } catch (cause) {
      throw new FaceError('RUNTIME_FAILED', `TensorFlow.js could not run ${this.#model.name}: ${messageOf(cause)}.`, {
        cause,
      });
    }
  }

  async dispose(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#model.dispose();
    this.#closed();
  }
}
