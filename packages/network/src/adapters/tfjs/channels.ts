import { partsOf, type Tensor, type Tensor4D, type TensorFlow } from './tensorflow.ts';
import type { Of } from './windows.ts';

const channelsOf = (x: Tensor) => x.shape[x.rank - 1]!;

/** `x · kernel + bias`, maps flattened. */
export function connectDensely(x: Tensor, { kernel, bias }: { kernel: Tensor; bias?: Tensor | undefined }): Tensor {
  const flat = x.reshape([x.shape[0]!, kernel.shape[0]!]);
  const sum = flat.matMul(kernel);
  return bias === undefined ? sum : sum.add(bias);
}

export function lookUp(tf: TensorFlow, ids: Tensor, table: Tensor): Tensor {
  const [batch, count] = ids.shape as [number, number];
  return tf.gather(table, ids.reshape([batch * count]).toInt()).reshape([batch, count * table.shape[1]!]);
}

/** The largest of each run of channels; where two are the largest, one of them gets the gradient. */
export function maxout(tf: TensorFlow, x: Tensor, { pieces }: Of<'maxout'>): Tensor {
  const shape = x.shape.slice(0, -1);
  const runs = x.reshape([...shape, channelsOf(x) / pieces, pieces]);
  const largest = partsOf(tf, runs, { count: pieces, axis: runs.rank - 1 }).reduce((most, piece) =>
    tf.maximum(most, piece),
  );
  return largest.reshape([...shape, channelsOf(x) / pieces]);
}

export function shuffle(x: Tensor, { groups }: Of<'channelShuffle'>): Tensor {
  const places = x.size / channelsOf(x);
  return x
    .reshape([places, groups, channelsOf(x) / groups])
    .transpose([0, 2, 1])
    .reshape(x.shape);
}

export function normalizeResponse(tf: TensorFlow, x: Tensor, { size, alpha, beta, bias, form }: Of<'lrn'>): Tensor {
  const factor = form === 'caffe' ? alpha / size : alpha;
  const channels = channelsOf(x);
  const maps = x.rank === 4 ? (x as Tensor4D) : x.reshape<Tensor4D>([x.shape[0]!, 1, 1, channels]);
  if (size % 2 === 1) {
    return tf.localResponseNormalization(maps, (size - 1) / 2, bias, factor, beta).reshape(x.shape);
  }
  // an even window reaches one channel farther up than down: sum by a matrix of bands
  const below = size / 2 - 1;
  const bands = Array.from({ length: channels ** 2 }, (_, i) => {
    const distance = Math.floor(i / channels) - (i % channels);
    return distance >= -below && distance <= size / 2 ? 1 : 0;
  });
  const rows = maps.reshape([x.size / channels, channels]);
  const sums = rows.square().matMul(tf.tensor2d(bands, [channels, channels]));
  return rows.div(tf.pow(sums.mul(factor).add(bias), beta)).reshape(x.shape);
}

/** Shorter vectors than `epsilon` are divided by it, which also bounds the slope at zero. */
export function normalizeLength(tf: TensorFlow, x: Tensor, { epsilon }: Of<'l2Normalize'>): Tensor {
  const squares = x.square().sum(-1, true);
  return x.div(tf.sqrt(tf.maximum(squares, epsilon ** 2)));
}

/** The sum; smaller inputs get zeros after their last row, column and channel. */
export function added(tf: TensorFlow, inputs: readonly Tensor[], shape: readonly number[]): Tensor {
  const grown = inputs.map((input) => {
    const sides = input.shape.map((size, i): [number, number] => [0, i === 0 ? 0 : shape[i - 1]! - size]);
    return sides.every(([, after]) => after === 0) ? input : tf.pad(input, sides);
  });
  return tf.addN(grown);
}
