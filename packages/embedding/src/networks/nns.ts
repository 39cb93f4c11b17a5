import { chain, conv, dense, l2Normalize, maxPool, network, pointwise } from '@kith/network';
import { follow, halving, inception } from './inception-rows.ts';

const note = (stated: string) =>
  `the table was never published: this one is ours, made to the stated ${stated} and input; convolutions with bias and batch norm γβ`;

/**
 * A network of NNS1's size: for faces of 165 px, 26 M parameters and 220 M multiply-adds. Almost all parameters lie in a dense layer
 * over the last maps, since convolutions of so many would cost several times as much.
 *
 * @see Schroff et al., CVPR 2015, §3.3 (the size; the table is ours).
 */
export const nns1 = network('nns1', { input: [165, 165, 3], note: note('26 M parameters, 220 M multiply-adds') }, [
  conv('conv1', 32, { kernel: 5, stride: 2, padding: 2, ...follow }),
  maxPool('pool1', halving),
  chain('inception2', [pointwise('reduce', 32, follow), conv('three', 80, { kernel: 3, ...follow })]),
  maxPool('pool2', halving),
  //              1×1       3×3: reduce, out     5×5: reduce, out   pool: kind, projection
  inception('3a', { one: 32, three: [48, 64], five: [8, 16], pool: ['max', 16] }),
  inception('3b', { one: 64, three: [64, 96], five: [16, 32], pool: ['l2', 32] }),
  inception('3c', { three: [80, 160], five: [16, 48], pool: ['max'], stride: 2 }),
  inception('4a', { one: 160, three: [96, 192], five: [16, 48], pool: ['l2', 64] }),
  inception('4b', { three: [96, 192], five: [32, 96], pool: ['max'], stride: 2 }),
  dense('fc1', 912, { activation: 'relu' }),
  dense('fc2', 128),
  l2Normalize('embedding'),
]);

/**
 * A network of NNS2's size, for a phone: faces of 140 × 116 px, 4.3 M parameters and 20 M multiply-adds.
 *
 * @see Schroff et al., CVPR 2015, §3.3 (the size; the table is ours).
 */
export const nns2 = network('nns2', { input: [140, 116, 3], note: note('4.3 M parameters, 20 M multiply-adds') }, [
  conv('conv1', 16, { kernel: 3, stride: 2, padding: 1, ...follow }),
  maxPool('pool1', halving),
  chain('inception2', [pointwise('reduce', 16, follow), conv('three', 24, { kernel: 3, ...follow })]),
  maxPool('pool2', halving),
  //              1×1       3×3: reduce, out     5×5: reduce, out   pool: kind, projection
  inception('3a', { one: 16, three: [24, 32], five: [4, 8], pool: ['max', 8] }),
  inception('3b', { three: [28, 60], five: [8, 16], pool: ['max'], stride: 2 }),
  inception('4a', { one: 56, three: [40, 80], five: [8, 24], pool: ['l2', 24] }),
  inception('4b', { three: [56, 112], five: [16, 48], pool: ['max'], stride: 2 }),
  dense('fc1', 592, { activation: 'relu' }),
  dense('fc2', 128),
  l2Normalize('embedding'),
]);
