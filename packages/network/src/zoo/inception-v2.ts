import { inception as block, type InceptionOptions } from '../blocks/inception.ts';
import { averagePool, conv, dense, maxPool, pointwise } from '../layers.ts';
import { network } from '../network.ts';

const follow = { norm: {}, activation: 'relu' } as const;
const halving = { kernel: 3, stride: 2, padding: 'valid', ceil: true } as const;
const inception = (name: string, options: InceptionOptions) => block(name, { norm: {}, ...options });
const note =
  'convolutions with bias and batch norm γβ; running statistics not counted; 4c and 4d as released, 608 channels';

/** BN-Inception, as released. @see Ioffe & Szegedy, Batch Normalization, 2015, figure 5. */
export const inceptionV2 = network('inception-v2', { input: [224, 224, 3], note }, [
  conv('conv1', 64, { kernel: 7, stride: 2, padding: 3, ...follow }),
  maxPool('pool1', halving),
  pointwise('conv2-reduce', 64, follow),
  conv('conv2', 192, { kernel: 3, ...follow }),
  maxPool('pool2', halving),
  //              1×1       3×3: reduce, out     twice 3×3: reduce, out   pool: kind, projection
  inception('3a', { one: 64, three: [64, 64], doubleThree: [64, 96], pool: ['average', 32] }),
  inception('3b', { one: 64, three: [64, 96], doubleThree: [64, 96], pool: ['average', 64] }),
  inception('3c', { three: [128, 160], doubleThree: [64, 96], pool: ['max'], stride: 2 }),
  inception('4a', { one: 224, three: [64, 96], doubleThree: [96, 128], pool: ['average', 128] }),
  inception('4b', { one: 192, three: [96, 128], doubleThree: [96, 128], pool: ['average', 128] }),
  inception('4c', { one: 160, three: [128, 160], doubleThree: [128, 160], pool: ['average', 128] }),
  inception('4d', { one: 96, three: [128, 192], doubleThree: [160, 192], pool: ['average', 128] }),
  inception('4e', { three: [128, 192], doubleThree: [192, 256], pool: ['max'], stride: 2 }),
  inception('5a', { one: 352, three: [192, 320], doubleThree: [160, 224], pool: ['average', 128] }),
  inception('5b', { one: 352, three: [192, 320], doubleThree: [192, 224], pool: ['max', 128] }),
  averagePool('pool5', { kernel: 7, padding: 'valid' }),
  dense('fc', 1000),
]);
