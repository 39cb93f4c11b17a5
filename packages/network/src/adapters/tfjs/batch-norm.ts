import { type NativeKernel, nativeKernels, withGradient } from './native-kernels.ts';
import type { Tensor, Tensor1D, TensorFlow } from './tensorflow.ts';
import type { Of } from './windows.ts';

export interface NormTask {
  readonly operation: Of<'batchNorm'>;
  readonly part: (name: string) => Tensor | undefined;
  readonly keep: (name: string, value: Tensor) => void;
  readonly training: boolean;
}

interface Learned {
  readonly gamma: Tensor1D;
  readonly beta: Tensor1D;
  /** Running statistics. */
  readonly mean: Tensor1D;
  readonly variance: Tensor1D;
}

/**
 * In training by the batch's own mean and variance, which the running ones then follow, the variance by its unbiased
 * estimate; else by the running ones.
 *
 * @see Ioffe & Szegedy, Batch Normalization, ICML 2015, §3.1.
 */
export function normalizeBatch(tf: TensorFlow, x: Tensor, task: NormTask): Tensor {
  const mean = task.part('mean') as Tensor1D;
  const learned: Learned = {
    // neither TensorFlow.js nor TensorFlow does without factor or summand
    gamma: (task.part('gamma') ?? tf.onesLike(mean)) as Tensor1D,
    beta: (task.part('beta') ?? tf.zerosLike(mean)) as Tensor1D,
    mean,
    variance: task.part('variance') as Tensor1D,
  };
  const kernel = nativeKernels(tf);
  return kernel ? byKernel(tf, x, { ...task, ...learned, kernel }) : composed(tf, x, { ...task, ...learned });
}

/** By operations of TensorFlow.js. */
function composed(tf: TensorFlow, x: Tensor, { operation, keep, training, ...learned }: NormTask & Learned): Tensor {
  const { gamma, beta } = learned;
  const normalized = ({ mean, variance }: Pick<Learned, 'mean' | 'variance'>) =>
    tf.batchNorm(x, mean, variance, beta, gamma, operation.epsilon);
  if (!training) return normalized(learned);
  const allButChannels = x.shape.slice(1).map((_, axis) => axis);
  const batch = tf.moments(x, allButChannels) as Pick<Learned, 'mean' | 'variance'>;
  const count = x.size / gamma.size;
  const follow = (old: Tensor, now: Tensor) => old.mul(operation.momentum).add(now.mul(1 - operation.momentum));
  keep('mean', follow(learned.mean, batch.mean));
  keep('variance', follow(learned.variance, batch.variance.mul(count / Math.max(count - 1, 1))));
  return normalized(batch);
}

/** By TensorFlow's own kernel, which reads the maps twice where TensorFlow.js does some twenty times. */
function byKernel(
  tf: TensorFlow,
  x: Tensor,
  { operation, keep, training, kernel, gamma, beta, mean, variance }: NormTask & Learned & { kernel: NativeKernel },
): Tensor {
  const maps = x.rank === 4 ? x : x.reshape([x.shape[0]!, 1, 1, gamma.size]);
  const types = { T: 'float32', U: 'float32' } as const;
  const attributes = { epsilon: operation.epsilon, is_training: training };
  const normalized = withGradient(tf, [maps, gamma, beta], {
    forward: (save) => {
      const [value, nextMean, nextVariance, batchMean, batchVariance, rest] = kernel(
        'FusedBatchNormV3',
        [maps, gamma, beta, mean, variance],
        { outputs: 6, types, attributes: { ...attributes, exponential_avg_factor: 1 - operation.momentum } },
      ) as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
      save([maps, gamma, ...(training ? [batchMean, batchVariance] : [mean, variance]), rest]);
      if (training) {
        keep('mean', nextMean);
        keep('variance', nextVariance);
      }
      return value;
    },
    back: (slope, kept) =>
      kernel('FusedBatchNormGradV3', [slope, ...kept], { outputs: 5, types, attributes }).slice(0, 3),
  });
  return normalized.reshape(x.shape);
}
