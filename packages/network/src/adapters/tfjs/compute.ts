import type { Geometry } from '../../geometry.ts';
import type { ActivationName, Operation } from '../../operation.ts';
import type { Maps, Shape } from '../../shape.ts';
import { normalizeBatch } from './batch-norm.ts';
import * as channels from './channels.ts';
import * as convolutions from './convolutions.ts';
import * as pools from './pools.ts';
import { rectify, rectifyByParameter } from './rectifiers.ts';
import type { Tensor, Tensor4D, TensorFlow } from './tensorflow.ts';

/** An operation with all that it reads. */
export interface Task {
  readonly operation: Operation;
  readonly inputs: readonly Tensor[];
  /** Without the batch. */
  readonly inputShapes: readonly Shape[];
  readonly shape: Shape;
  readonly geometry: Geometry | undefined;
  /** What it has learnt, by part, such as `kernel`. */
  readonly part: (name: string) => Tensor | undefined;
  /** Set what it keeps, such as a running mean. */
  readonly keep: (name: string, value: Tensor) => void;
  readonly training: boolean;
  /** Of what it draws; by chance where undefined. */
  readonly seed: number | undefined;
}

type Windowed = Extract<Operation, { kernel: unknown }>;

/** An operation's output, with its gradients. */
export function compute(tf: TensorFlow, task: Task): Tensor {
  return 'kernel' in task.operation ? computeWindow(tf, task.operation, task) : computePlain(tf, task);
}

function computeWindow(tf: TensorFlow, operation: Windowed, { inputs, inputShapes, shape, geometry, part }: Task) {
  const x = inputs[0] as Tensor4D;
  const place = { geometry: geometry!, input: inputShapes[0] as Maps, output: shape as Maps };
  const learned = () => ({ kernel: part('kernel')!, bias: part('bias') });
  switch (operation.kind) {
    case 'conv':
      return convolutions.convolve(tf, { operation, x, place, ...learned() });
    case 'depthwiseConv':
      return convolutions.convolveDepthwise(tf, { operation, x, place, ...learned() });
    case 'transposedConv':
      return convolutions.convolveTransposed(tf, { operation, x, place, ...learned() });
    case 'locallyConnected':
      return convolutions.connectLocally(tf, { operation, x, place, ...learned() });
    case 'maxPool':
      return pools.poolMax(tf, { operation, x, place });
    case 'averagePool':
      return pools.poolAverage(tf, { operation, x, place });
    case 'lpPool':
      return pools.poolLp(tf, { operation, x, place });
  }
}

function computePlain(tf: TensorFlow, { operation, inputs, shape, ...rest }: Task): Tensor {
  const { part } = rest;
  const x = inputs[0]!;
  switch (operation.kind) {
    case 'dense':
      return channels.connectDensely(x, { kernel: part('kernel')!, bias: part('bias') });
    case 'embeddingLookup':
      return channels.lookUp(tf, x, part('kernel')!);
    case 'batchNorm':
      return normalizeBatch(tf, x, { operation, ...rest });
    case 'channelScale':
      return x.mul(part('gamma')!).add(part('beta')!);
    case 'activation':
      return activated(tf, x, operation.function);
    case 'leakyRelu':
      return tf.maximum(x, x.mul(operation.slope));
    case 'prelu':
      return rectifyByParameter(tf, x, part('alpha')!);
    case 'dropout':
      return rest.training ? tf.dropout(x, operation.rate, undefined, rest.seed) : x.clone();
    case 'maxout':
      return channels.maxout(tf, x, operation);
    case 'globalAveragePool':
      return x.mean([1, 2]);
    case 'lrn':
      return channels.normalizeResponse(tf, x, operation);
    case 'channelShuffle':
      return channels.shuffle(x, operation);
    case 'pad': {
      const [top, right, bottom, left] = operation.sides;
      return tf.pad(x, [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ]);
    }
    case 'scale':
      return x.mul(operation.factor);
    case 'normalize':
      return x.sub(tf.tensor1d([...operation.mean])).div(tf.tensor1d([...operation.deviation]));
    case 'l2Normalize':
      return channels.normalizeLength(tf, x, operation);
    case 'concat':
      return tf.concat([...inputs], -1);
    case 'add':
      return channels.added(tf, inputs, shape);
    default:
      throw new Error(`${operation.kind} is computed with its window.`);
  }
}

function activated(tf: TensorFlow, x: Tensor, form: ActivationName): Tensor {
  switch (form) {
    case 'softmax':
      return tf.softmax(x);
    case 'relu':
    case 'relu6':
      return rectify(tf, x, form);
    default:
      return tf[form](x);
  }
}
