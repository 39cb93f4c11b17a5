import { FaceError } from '@kith/core';
import type * as tfTypes from '@tensorflow/tfjs';
import { layOut } from '../../graph.ts';
import type { Batch, OnnxModel, RunOptions, Runtime, Session } from '../../runtime.ts';
import { elementsOf, formatShape, type Shape } from '../../shape.ts';
import type { NetworkModel } from '../../weights.ts';
import { buildModel } from './model.ts';
import type { TensorFlow } from './tensorflow.ts';

/** The reference runtime: a table's own model, dropout off, batch norm on its running statistics. */
export function tfjsRuntime(tf: TensorFlow): Runtime {
  const sessions = new Set<Session>();
  return {
    name: 'tfjs',
    async load(model) {
      const session = new TfjsSession(tf, tableOf(model), (closed) => sessions.delete(closed));
      sessions.add(session);
      return session;
    },
    async dispose() {
      await Promise.all([...sessions].map((session) => session.dispose()));
    },
  };
}

function tableOf(model: NetworkModel | OnnxModel): NetworkModel {
  if ('network' in model) return model;
  throw new FaceError('MODEL_UNSUPPORTED', 'The tfjs runtime runs tables with their weights, got an ONNX file.');
}

class TfjsSession implements Session {
  readonly input: Shape;
  readonly outputs: Session['outputs'];
  readonly #tf: TensorFlow;
  readonly #model: tfTypes.LayersModel;
  readonly #whenClosed: (session: Session) => void;
  #isClosed = false;

  constructor(tf: TensorFlow, { network, weights }: NetworkModel, whenClosed: (session: Session) => void) {
    const graph = layOut(network);
    const shapes = new Map(graph.nodes.map(({ name, shape }) => [name, shape]));
    const names = network.outputs ?? [network.rows.at(-1)!.name];
    this.input = graph.input;
    this.outputs = graph.outputs.map((node, i) => ({ name: names[i]!, shape: shapes.get(node)! }));
    this.#tf = tf;
    this.#model = buildModel(tf, network, { weights });
    this.#whenClosed = whenClosed;
  }

  async run({ count, data }: Batch, { signal }: RunOptions = {}): Promise<readonly Float32Array[]> {
    if (this.#isClosed) throw new FaceError('USAGE', `${this.#model.name}: the session is disposed of.`);
    const expected = count * elementsOf(this.input);
    if (!Number.isInteger(count) || count < 1 || data.length !== expected) {
      const one = formatShape(this.input);
      throw new FaceError('USAGE', `A batch of ${count} of ${one} has ${expected} numbers, got ${data.length}.`);
    }
    assertGoesOn(signal);
    const outputs = this.#predict(count, data);
    try {
      const answers = await Promise.all(outputs.map(async (output) => Float32Array.from(await output.data())));
      assertGoesOn(signal);
      return answers;
    } finally {
      this.#tf.dispose(outputs);
    }
  }

  #predict(count: number, data: Batch['data']): tfTypes.Tensor[] {
    const numbers = data instanceof Float32Array ? data : Float32Array.from(data);
    try {
      return this.#tf.tidy(() => {
        const output = this.#model.predictOnBatch(this.#tf.tensor(numbers, [count, ...this.input]));
        return Array.isArray(output) ? output : [output];
      });
    } catch (cause) {
      throw new FaceError('RUNTIME_FAILED', `${this.#model.name}: TensorFlow.js failed. ${String(cause)}`, { cause });
    }
  }

  async dispose(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#model.dispose();
    this.#whenClosed(this);
  }
}

function assertGoesOn(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new FaceError('CANCELLED', 'The run was cancelled.');
}
