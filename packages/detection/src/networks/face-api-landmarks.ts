import {
  addOf,
  averagePool,
  chain,
  conv,
  dense,
  depthwise,
  type Layer,
  network,
  normalize,
  pointwise,
  relu,
} from '@kith/network';

/**
 * face-api's net of 68 landmarks: four blocks in which each layer reads the sum of all before it.
 *
 * What it gives are x and y in turn, as shares of the square's side.
 *
 * @see Huang et al., Densely Connected Convolutional Networks, CVPR 2017, of which this is a relative that adds.
 */
export const faceApiLandmarks = network(
  'face-api-landmarks',
  { input: [112, 112, 3], note: 'The total counts all kernels and biases.' },
  [
    normalize('pixels', { mean: [122.782, 117.001, 104.298], deviation: 255 }),
    denseBlock('dense0', 32, (name) => conv(name, 32, { kernel: 3, stride: 2 })),
    denseBlock('dense1', 64),
    denseBlock('dense2', 128),
    denseBlock('dense3', 256),
    averagePool('pool', { kernel: 7, stride: 2, padding: 'valid' }),
    dense('fc', 136),
  ],
);

/** Halves the maps, then adds up what three layers make of them. */
function denseBlock(
  name: string,
  filters: number,
  first: (name: string) => Layer = (layer) => separable(layer, filters, { stride: 2 }),
): Layer {
  return chain(name, [
    first('conv0'),
    relu('relu0'),
    separable('conv1', filters),
    addOf('sum1', ['relu0', 'conv1']),
    relu('relu1'),
    separable('conv2', filters),
    addOf('sum2', ['relu0', 'conv1', 'conv2']),
    relu('relu2'),
    separable('conv3', filters),
    addOf('sum3', ['relu0', 'conv1', 'conv2', 'conv3']),
    relu('relu3'),
  ]);
}

function separable(name: string, filters: number, { stride = 1 } = {}): Layer {
  return chain(name, [depthwise('depthwise', { kernel: 3, stride, bias: false }), pointwise('pointwise', filters)]);
}
