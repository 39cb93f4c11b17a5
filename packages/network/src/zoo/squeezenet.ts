import { fire } from '../blocks/fire.ts';
import { activation, conv, dropout, globalAveragePool, maxPool, pointwise } from '../layers.ts';
import { network } from '../network.ts';
import type { Layer } from '../operation.ts';

const pool = { kernel: 3, stride: 2, padding: 'valid', ceil: true } as const;

const note =
  'The total counts kernels and biases. The first convolution is not padded, so maps are 109² or 111² where the paper prints 111².';

const classifier: readonly Layer[] = [
  dropout('dropout', 0.5),
  pointwise('conv10', 1000, { activation: 'relu' }),
  globalAveragePool('average'),
  activation('softmax', 'softmax'),
];

/** @see Iandola et al., SqueezeNet, 2016, table 1. */
export const squeezenet10 = network('squeezenet-1.0', { input: [224, 224, 3], note }, [
  conv('conv1', 96, { kernel: 7, stride: 2, padding: 'valid', activation: 'relu' }),
  maxPool('pool1', pool),
  fire('fire2', { squeeze: 16, expand: [64, 64] }),
  fire('fire3', { squeeze: 16, expand: [64, 64] }),
  fire('fire4', { squeeze: 32, expand: [128, 128] }),
  maxPool('pool4', pool),
  fire('fire5', { squeeze: 32, expand: [128, 128] }),
  fire('fire6', { squeeze: 48, expand: [192, 192] }),
  fire('fire7', { squeeze: 48, expand: [192, 192] }),
  fire('fire8', { squeeze: 64, expand: [256, 256] }),
  maxPool('pool8', pool),
  fire('fire9', { squeeze: 64, expand: [256, 256] }),
  ...classifier,
]);

/** SqueezeNet as its authors changed it later: 2.4 times fewer multiply-adds. @see Iandola et al., SqueezeNet, 2016. */
export const squeezenet11 = network('squeezenet-1.1', { input: [224, 224, 3], note }, [
  conv('conv1', 64, { kernel: 3, stride: 2, padding: 'valid', activation: 'relu' }),
  maxPool('pool1', pool),
  fire('fire2', { squeeze: 16, expand: [64, 64] }),
  fire('fire3', { squeeze: 16, expand: [64, 64] }),
  maxPool('pool3', pool),
  fire('fire4', { squeeze: 32, expand: [128, 128] }),
  fire('fire5', { squeeze: 32, expand: [128, 128] }),
  maxPool('pool5', pool),
  fire('fire6', { squeeze: 48, expand: [192, 192] }),
  fire('fire7', { squeeze: 48, expand: [192, 192] }),
  fire('fire8', { squeeze: 64, expand: [256, 256] }),
  fire('fire9', { squeeze: 64, expand: [256, 256] }),
  ...classifier,
]);
