import {
  add,
  averagePool,
  chain,
  channelScale,
  conv,
  dense,
  globalAveragePool,
  type Layer,
  maxPool,
  network,
  normalize,
  relu,
} from '@kith/network';

/**
 * dlib's ResNet of 29 convolutions; its 128 numbers are not normalised.
 *
 * Only convolutions of stride 1 are padded, and sums fill up the smaller operand with zeros.
 *
 * @see King, High quality face recognition with deep metric learning, 2017; He et al., CVPR 2016, of which it has the blocks.
 */
export const dlibResnet29 = network(
  'dlib-resnet29',
  { input: [150, 150, 3], note: 'The total counts the biases of convolutions besides the affine layers after them.' },
  [
    normalize('pixels', { mean: [122.782, 117.001, 104.298], deviation: 256 }),
    chain('conv32', [...affineConv('conv', 32, { kernel: 7, stride: 2, padding: 'valid' }), relu('relu')]),
    maxPool('pool', { kernel: 3, stride: 2, padding: 'valid' }),
    residual('res32.1', 32),
    residual('res32.2', 32),
    residual('res32.3', 32),
    residualDown('down64', 64),
    residual('res64.1', 64),
    residual('res64.2', 64),
    residual('res64.3', 64),
    residualDown('down128', 128),
    residual('res128.1', 128),
    residual('res128.2', 128),
    residualDown('down256.1', 256),
    residual('res256.1', 256),
    residual('res256.2', 256),
    residualDown('down256.2', 256),
    globalAveragePool('average'),
    dense('fc', 128, { bias: false }),
  ],
);

function affineConv(name: string, filters: number, { kernel, stride, padding }: AffineConvOptions): readonly Layer[] {
  return [conv(name, filters, { kernel, stride, padding }), channelScale(`${name}.affine`)];
}

interface AffineConvOptions {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: 'same' | 'valid';
}

/** Two 3×3 convolutions beside the identity. */
function residual(name: string, filters: number): Layer {
  const same = { kernel: 3, stride: 1, padding: 'same' } as const;
  return chain(name, [
    add('sum', [[...affineConv('conv1', filters, same), relu('relu1'), ...affineConv('conv2', filters, same)], []]),
    relu('relu'),
  ]);
}

/** The same with half the places, beside the mean of four. */
function residualDown(name: string, filters: number): Layer {
  const half = { kernel: 3, stride: 2, padding: 'valid' } as const;
  const same = { kernel: 3, stride: 1, padding: 'same' } as const;
  return chain(name, [
    add(
      'sum',
      [
        [...affineConv('conv1', filters, half), relu('relu1'), ...affineConv('conv2', filters, same)],
        [averagePool('pool', { kernel: 2, stride: 2, padding: 'valid' })],
      ],
      { extend: true },
    ),
    relu('relu'),
  ]);
}
