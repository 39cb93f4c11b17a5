import { averagePool, chain, conv, dense, l2Normalize, lrn, maxPool, network, pointwise } from '@kith/network';
import { follow, halving, inception, note } from './inception-rows.ts';

const stem = [
  conv('conv1', 64, { kernel: 7, stride: 2, padding: 3, ...follow }),
  chain('pool1', [maxPool('max', halving), lrn('norm')]),
  chain('inception2', [pointwise('reduce', 64, follow), conv('three', 192, { kernel: 3, ...follow })]),
  chain('pool2', [lrn('norm'), maxPool('max', halving)]),
];

const middle = [
  //              1×1       3×3: reduce, out     5×5: reduce, out   pool: kind, projection
  inception('3a', { one: 64, three: [96, 128], five: [16, 32], pool: ['max', 32] }),
  inception('3b', { one: 64, three: [96, 128], five: [32, 64], pool: ['l2', 64] }),
  inception('3c', { three: [128, 256], five: [32, 64], pool: ['max'], stride: 2 }),
  inception('4a', { one: 256, three: [96, 192], five: [32, 64], pool: ['l2', 128] }),
  inception('4b', { one: 224, three: [112, 224], five: [32, 64], pool: ['l2', 128] }),
  inception('4c', { one: 192, three: [128, 256], five: [32, 64], pool: ['l2', 128] }),
  inception('4d', { one: 160, three: [144, 288], five: [32, 64], pool: ['l2', 128] }),
  inception('4e', { three: [160, 256], five: [64, 128], pool: ['max'], stride: 2 }),
];

const head = (side: number) => [
  averagePool('pool5', { kernel: side, padding: 'valid' }),
  dense('fc', 128),
  l2Normalize('embedding'),
];

const wide = [
  inception('5a', { one: 384, three: [192, 384], five: [48, 128], pool: ['l2', 128] }),
  inception('5b', { one: 384, three: [192, 384], five: [48, 128], pool: ['max', 128] }),
];

/** FaceNet's NN2. @see Schroff et al., CVPR 2015, table 2. */
export const nn2 = network('nn2', { input: [224, 224, 3], note }, [...stem, ...middle, ...wide, ...head(7)]);

/** FaceNet's NN3: NN2 for faces of 160 px. @see Schroff et al., CVPR 2015, §3.3. */
export const nn3 = network('nn3', { input: [160, 160, 3], note }, [...stem, ...middle, ...wide, ...head(5)]);

/** FaceNet's NN4: for faces of 96 px, without 5×5 in the last blocks. @see Schroff et al., CVPR 2015, §3.3. */
export const nn4 = network('nn4', { input: [96, 96, 3], note }, [
  ...stem,
  ...middle,
  inception('5a', { one: 384, three: [192, 384], pool: ['l2', 128] }),
  inception('5b', { one: 384, three: [192, 384], pool: ['max', 128] }),
  ...head(3),
]);
