import { mlpconv } from '../blocks/mlpconv.ts';
import { averagePool, dropout, globalAveragePool, maxPool } from '../layers.ts';
import { network } from '../network.ts';

const halving = { kernel: 3, stride: 2, padding: 'valid', ceil: true } as const;

/** Network in Network for CIFAR-10: a map a class, and no fully connected layer. @see Lin, Chen & Yan, 2013, §4. */
export const nin = network('nin', { input: [32, 32, 3], note: 'convolutions with bias' }, [
  mlpconv('mlpconv1', [192, 160, 96], { kernel: 5 }),
  maxPool('pool1', halving),
  dropout('dropout1', 0.5),
  mlpconv('mlpconv2', [192, 192, 192], { kernel: 5 }),
  averagePool('pool2', halving),
  dropout('dropout2', 0.5),
  mlpconv('mlpconv3', [192, 192, 10], { kernel: 3 }),
  globalAveragePool('pool3'),
]);
