import { chain, conv, dense, l2Normalize, lrn, maxout, maxPool, network, pointwise } from '@kith/network';

const activation = 'relu';
const halving = { kernel: 3, stride: 2, padding: 1 } as const;

/** FaceNet's NN1. @see Schroff et al., CVPR 2015, table 1. */
export const nn1 = network('nn1', { input: [220, 220, 3], note: 'convolutions with bias, no batch norm' }, [
  conv('conv1', 64, { kernel: 7, stride: 2, padding: 3, activation }),
  maxPool('pool1', halving),
  lrn('rnorm1'),
  pointwise('conv2a', 64, { activation }),
  conv('conv2', 192, { kernel: 3, activation }),
  lrn('rnorm2'),
  maxPool('pool2', halving),
  pointwise('conv3a', 192, { activation }),
  conv('conv3', 384, { kernel: 3, activation }),
  maxPool('pool3', halving),
  pointwise('conv4a', 384, { activation }),
  conv('conv4', 256, { kernel: 3, activation }),
  pointwise('conv5a', 256, { activation }),
  conv('conv5', 256, { kernel: 3, activation }),
  pointwise('conv6a', 256, { activation }),
  conv('conv6', 256, { kernel: 3, activation }),
  maxPool('pool4', halving),
  chain('fc1', [dense('', 2 * 4096), maxout('maxout', { pieces: 2 })]),
  chain('fc2', [dense('', 2 * 4096), maxout('maxout', { pieces: 2 })]),
  dense('fc7128', 128),
  l2Normalize('embedding'),
]);
