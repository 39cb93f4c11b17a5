import {
  averagePool,
  conv,
  dense,
  type InceptionOptions,
  inception,
  type Layer,
  l2Normalize,
  lrn,
  maxPool,
  network,
  pointwise,
} from '@kith/network';
import { follow, halving, note } from './inception-rows.ts';

type Released = NonNullable<InceptionOptions['unpadded']>;

/** What the pools of the released weights do: their stride without padding, then zeros: top, right, bottom, left. */
const released: Readonly<Record<string, Released>> = {
  '3a': { stride: 2, zeros: [3, 4, 4, 3] },
  '3b': { stride: 3, zeros: [4, 4, 4, 4] },
  '3c': { stride: 2, zeros: [0, 1, 1, 0] },
  '4a': { stride: 3, zeros: [2, 2, 2, 2] },
  '4e': { stride: 2, zeros: [0, 1, 1, 0] },
  '5a': { stride: 3, zeros: [1, 1, 1, 1] },
  '5b': { stride: 2, zeros: [1, 1, 1, 1] },
};

function rows(unpadded: Readonly<Record<string, Released>>): Layer[] {
  const block = (name: string, options: InceptionOptions) =>
    inception(name, {
      norm: {},
      order: 'torch',
      ...options,
      ...(unpadded[name] ? { unpadded: unpadded[name] } : {}),
    });
  return [
    conv('conv1', 64, { kernel: 7, stride: 2, padding: 3, ...follow }),
    maxPool('pool1', halving),
    lrn('norm1'),
    pointwise('conv2', 64, follow),
    conv('conv3', 192, { kernel: 3, ...follow }),
    lrn('norm2'),
    maxPool('pool2', halving),
    //          1×1       3×3: reduce, out     5×5: reduce, out   pool: kind, projection
    block('3a', { one: 64, three: [96, 128], five: [16, 32], pool: ['max', 32] }),
    block('3b', { one: 64, three: [96, 128], five: [32, 64], pool: ['l2', 64] }),
    block('3c', { three: [128, 256], five: [32, 64], pool: ['max'], stride: 2 }),
    block('4a', { one: 256, three: [96, 192], five: [32, 64], pool: ['l2', 128] }),
    block('4e', { three: [160, 256], five: [64, 128], pool: ['max'], stride: 2 }),
    block('5a', { one: 256, three: [96, 384], pool: ['l2', 96] }),
    block('5b', { one: 256, three: [96, 384], pool: ['max', 96] }),
    averagePool('pool5', { kernel: 3, padding: 'valid' }),
    dense('fc', 128),
    l2Normalize('embedding'),
  ];
}

/** OpenFace's nn4.small2 as its definition file has it, to be trained. @see Amos et al., OpenFace, CMU-CS-16-118, 2016. */
export const nn4Small2 = network('nn4.small2', { input: [96, 96, 3], note }, rows({}));

/** The graph that OpenFace's released nn4.small2.v1 weights belong to: the same parameters, other pools. */
export const nn4Small2V1 = network('nn4.small2.v1', { input: [96, 96, 3], note }, rows(released));
