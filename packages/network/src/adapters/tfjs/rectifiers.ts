import { nativeKernels, withGradient } from './native-kernels.ts';
import type { Tensor, TensorFlow } from './tensorflow.ts';

/** TensorFlow's names of the slopes of what TensorFlow.js composes them for. */
const slopes = { relu: 'ReluGrad', relu6: 'Relu6Grad' } as const;

export function rectify(tf: TensorFlow, x: Tensor, form: keyof typeof slopes): Tensor {
  const kernel = nativeKernels(tf);
  if (!kernel) return tf[form](x);
  return withGradient(tf, [x], {
    forward: (save) => {
      const value = tf[form](x);
      save([value]);
      return value;
    },
    back: (slope, kept) => kernel(slopes[form], [slope, ...kept]),
  });
}

/** `max(x, 0) + alpha · min(x, 0)`, alpha a channel. */
export function rectifyByParameter(tf: TensorFlow, x: Tensor, alpha: Tensor): Tensor {
  const kernel = nativeKernels(tf);
  if (!kernel) return tf.prelu(x, alpha);
  return withGradient(tf, [x, alpha], {
    forward: (save) => {
      const isPositive = x.greater(0);
      save([x, alpha, isPositive]);
      return tf.where(isPositive, x, x.mul(alpha));
    },
    back: (slope, kept) => {
      const [input, factor, isPositive] = kept as [Tensor, Tensor, Tensor];
      const byFactor = kernel('BiasAddGrad', [slope.mul(tf.minimum(input, 0))])[0]!;
      return [tf.where(isPositive, slope, slope.mul(factor)), byFactor];
    },
  });
}
