import { inception } from '../blocks/inception.ts';
import { averagePool, chain, conv, dense, dropout, lrn, maxPool, pointwise } from '../layers.ts';
import { network } from '../network.ts';
import type { Layer } from '../operation.ts';

const activation = 'relu';
const halving = { kernel: 3, stride: 2, padding: 'valid', ceil: true } as const;
const note = 'convolutions with bias, no batch norm';

const trunk: readonly Layer[] = [
  conv('conv1', 64, { kernel: 7, stride: 2, padding: 3, activation }),
  chain('pool1', [maxPool('max', halving), lrn('norm')]),
  pointwise('conv2-reduce', 64, { activation }),
  conv('conv2', 192, { kernel: 3, activation }),
  chain('pool2', [lrn('norm'), maxPool('max', halving)]),
  //              1×1       3×3: reduce, out     5×5: reduce, out   pool: kind, projection
  inception('3a', { one: 64, three: [96, 128], five: [16, 32], pool: ['max', 32] }),
  inception('3b', { one: 128, three: [128, 192], five: [32, 96], pool: ['max', 64] }),
  maxPool('pool3', halving),
  inception('4a', { one: 192, three: [96, 208], five: [16, 48], pool: ['max', 64] }),
  inception('4b', { one: 160, three: [112, 224], five: [24, 64], pool: ['max', 64] }),
  inception('4c', { one: 128, three: [128, 256], five: [24, 64], pool: ['max', 64] }),
  inception('4d', { one: 112, three: [144, 288], five: [32, 64], pool: ['max', 64] }),
  inception('4e', { one: 256, three: [160, 320], five: [32, 128], pool: ['max', 128] }),
  maxPool('pool4', halving),
  inception('5a', { one: 256, three: [160, 320], five: [32, 128], pool: ['max', 128] }),
  inception('5b', { one: 384, three: [192, 384], five: [48, 128], pool: ['max', 128] }),
  averagePool('pool5', { kernel: 7, padding: 'valid' }),
  dropout('dropout', 0.4),
  dense('fc', 1000),
];

/** GoogLeNet. @see Szegedy et al., Going Deeper with Convolutions, 2014, table 1. */
export const inceptionV1 = network('inception-v1', { input: [224, 224, 3], note }, trunk);

const auxiliary = (name: string, from: string): Layer =>
  chain(
    name,
    [
      averagePool('pool', { kernel: 5, stride: 3, padding: 'valid' }),
      pointwise('conv', 128, { activation }),
      dense('fc1', 1024, { activation }),
      dropout('dropout', 0.7),
      dense('fc2', 1000),
    ],
    { from },
  );

/** GoogLeNet with its two auxiliary classifiers, as it is trained. @see Szegedy et al., 2014, §5. */
export const inceptionV1Auxiliary = network(
  'inception-v1-auxiliary',
  { input: [224, 224, 3], note, outputs: ['fc', 'auxiliary1', 'auxiliary2'] },
  [...trunk, auxiliary('auxiliary1', '4a'), auxiliary('auxiliary2', '4d')],
);
