import {
  activation,
  averagePool,
  batchNorm,
  channelScale,
  channelShuffle,
  concat,
  conv,
  dense,
  depthwise,
  dropout,
  embeddingLookup,
  globalAveragePool,
  type Layer,
  l2Normalize,
  leakyRelu,
  locallyConnected,
  lpPool,
  lrn,
  maxout,
  maxPool,
  type Network,
  network,
  normalize,
  type OperationKind,
  pad,
  prelu,
  relu,
  type Shape,
  scale,
  transposedConv,
} from '../../index.ts';

const maps: Shape = [3, 4, 6];
const vector: Shape = [6];

const of = (input: Shape, ...rows: readonly Layer[]) => network('one', { input }, rows);

/** Of every kind of operation the forms that are computed in ways of their own, in tables small enough for plain loops. */
export const tablesByKind: { readonly [K in OperationKind]: Readonly<Record<string, Network>> } = {
  conv: {
    'grouped and dilated': of([5, 6, 4], conv('l', 4, { kernel: 2, stride: 2, dilation: 2, groups: 2 })),
    asymmetric: of([5, 6, 2], conv('l', 3, { kernel: 3, stride: [2, 1], padding: [0, 1, 2, 1], bias: false })),
  },
  depthwiseConv: {
    plain: of([5, 6, 2], depthwise('l', { kernel: 3, stride: 2 })),
    dilated: of([5, 6, 2], depthwise('l', { kernel: 2, dilation: [1, 2], multiplier: 2 })),
    'of two strides': of([5, 6, 2], depthwise('l', { kernel: 3, stride: [2, 1], multiplier: 2 })),
  },
  transposedConv: {
    plain: of([3, 2, 2], transposedConv('l', 3, { kernel: 3, stride: 2, padding: 'same' })),
    asymmetric: of(
      [3, 2, 2],
      transposedConv('l', 3, { kernel: [3, 4], stride: [1, 3], padding: [1, 0, 0, 2], bias: false }),
    ),
    grouped: of([3, 2, 4], transposedConv('l', 4, { kernel: 4, stride: 2, padding: 1, groups: 2 })),
  },
  locallyConnected: {
    plain: of([4, 5, 2], locallyConnected('l', 3, { kernel: 3 })),
    'of stride 2': of([7, 6, 2], locallyConnected('l', 3, { kernel: 3, stride: 2 })),
    'of stride 3, padded': of(
      [7, 8, 2],
      locallyConnected('l', 2, { kernel: [2, 4], stride: [3, 2], padding: [1, 0, 2, 1], bias: false }),
    ),
    'by regions': of([7, 6, 2], locallyConnected('l', 3, { kernel: 2, region: [2, 3] })),
    'by regions, of stride 2': of([9, 8, 2], locallyConnected('l', 2, { kernel: 3, stride: 2, region: [3, 2] })),
  },
  dense: { 'of maps': of(maps, dense('l', 5)), 'without bias': of(vector, dense('l', 5, { bias: false })) },
  embeddingLookup: { plain: of([4], embeddingLookup('l', 5, 2)) },
  batchNorm: {
    plain: of(maps, batchNorm('l')),
    'of a vector': of(vector, batchNorm('l')),
    'without scale': of(maps, batchNorm('l', { scale: false })),
    'without center': of(maps, batchNorm('l', { center: false })),
    'without both': of(maps, batchNorm('l', { scale: false, center: false })),
  },
  channelScale: { plain: of(maps, channelScale('l')) },
  activation: {
    relu: of(maps, relu('l')),
    relu6: of(maps, scale('s', 9), activation('l', 'relu6')),
    sigmoid: of(maps, activation('l', 'sigmoid')),
    tanh: of(maps, activation('l', 'tanh')),
    softmax: of(maps, activation('l', 'softmax')),
  },
  leakyRelu: { plain: of(maps, leakyRelu('l')), 'steeper than one': of(maps, leakyRelu('l', { slope: 1.5 })) },
  prelu: { plain: of(maps, prelu('l')), 'of a vector': of(vector, prelu('l')) },
  maxout: {
    plain: of(maps, maxout('l', { pieces: 3 })),
    'of a vector': of(vector, maxout('l', { pieces: 2 })),
    'of one piece': of(vector, maxout('l', { pieces: 1 })),
  },
  maxPool: { padded: of([5, 6, 2], maxPool('l', { kernel: 3, stride: 2, padding: 1, ceil: true })) },
  averagePool: {
    padded: of([5, 6, 2], averagePool('l', { kernel: 3, stride: 2, padding: 1, ceil: true })),
    'counting the padding': of(
      [5, 6, 2],
      averagePool('l', { kernel: 3, stride: 2, padding: 1, ceil: true, countPadding: true }),
    ),
  },
  lpPool: {
    'sum of squares': of([5, 6, 2], lpPool('l', { kernel: 3, stride: 2, padding: 1 })),
    'mean of squares': of([5, 6, 2], lpPool('l', { kernel: 3, stride: 2, form: 'mean' })),
    'sum of sizes': of([5, 6, 2], lpPool('l', { kernel: 2, p: 1 })),
    'mean of cubes': of([5, 6, 2], lpPool('l', { kernel: 2, p: 3, form: 'mean', ceil: true })),
  },
  globalAveragePool: { plain: of(maps, globalAveragePool('l')) },
  lrn: {
    caffe: of(maps, lrn('l', { size: 3, alpha: 0.7 })),
    tensorflow: of(maps, lrn('l', { size: 3, alpha: 0.7, form: 'tensorflow', beta: 0.5 })),
    'of an even size': of(maps, lrn('l', { size: 4, alpha: 0.7, bias: 2 })),
  },
  dropout: { 'when serving': of(maps, dropout('l', 0.5)) },
  channelShuffle: { plain: of(maps, channelShuffle('l', { groups: 3 })) },
  pad: { plain: of(maps, pad('l', [0, 1, 2, 3])) },
  scale: { plain: of(maps, scale('l', -0.3)) },
  normalize: { plain: of(maps, normalize('l', { mean: [1, 2, 3, 4, 5, 6], deviation: 2 })) },
  l2Normalize: { plain: of(maps, l2Normalize('l')), 'of short vectors': of(maps, l2Normalize('l', { epsilon: 1.5 })) },
  concat: { plain: of(maps, concat('l', [[relu('a')], [], [conv('b', 2, { kernel: 1 })]])) },
  add: {
    'with extension': of(maps, {
      name: 'l',
      branches: [[conv('b', 8, { kernel: 2, padding: 'valid' })], []],
      merge: { kind: 'add', extend: true },
    }),
    plain: of(maps, { name: 'l', branches: [[relu('b')], []], merge: { kind: 'add', extend: false } }),
  },
};

/** All of them, named by kind and form. */
export const tables: readonly (readonly [name: string, table: Network])[] = Object.entries(tablesByKind).flatMap(
  ([kind, forms]) => Object.entries(forms).map(([form, table]) => [`${kind} ${form}`, table] as const),
);
