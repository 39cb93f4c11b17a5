import { inceptionResidual, inceptionTowers, slimConv, slimNorm, type Tower } from '../blocks/inception-towers.ts';
import { batchNorm, chain, dense, dropout, globalAveragePool, l2Normalize, maxPool, normalize } from '../layers.ts';
import { type Network, network } from '../network.ts';
import type { Layer } from '../operation.ts';

const norm = { ...slimNorm, scale: false };

const a: readonly Tower[] = [
  [[1, 32]],
  [
    [1, 32],
    [3, 32],
  ],
  [
    [1, 32],
    [3, 32],
    [3, 32],
  ],
];
const b: readonly Tower[] = [
  [[1, 128]],
  [
    [1, 128],
    [[1, 7], 128],
    [[7, 1], 128],
  ],
];
const c: readonly Tower[] = [
  [[1, 192]],
  [
    [1, 192],
    [[1, 3], 192],
    [[3, 1], 192],
  ],
];

const blocks = (name: string, times: number, make: (name: string) => Layer) =>
  Array.from({ length: times }, (_, i) => make(`${name}-${i + 1}`));

/**
 * Inception-ResNet V1 as it embeds faces. Pixels 0–255, RGB, go in.
 *
 * @see Szegedy et al., Inception-v4, Inception-ResNet and the Impact of Residual Connections on Learning, 2016, figures 10–14.
 */
export function inceptionResNetV1Of(dimension: number): Network {
  return network(
    'inception-resnet-v1',
    { input: [160, 160, 3], note: 'batch norms count β only, they have no γ; running statistics not counted' },
    [
      normalize('input-range', { mean: 127.5, deviation: 127.5 }),
      slimConv('conv1', [3, 32, 2], { norm }),
      slimConv('conv2', [3, 32, 'valid'], { norm }),
      slimConv('conv3', [3, 64], { norm }),
      maxPool('pool1', { kernel: 3, stride: 2, padding: 'valid' }),
      slimConv('conv4', [1, 80], { norm }),
      slimConv('conv5', [3, 192, 'valid'], { norm }),
      slimConv('conv6', [3, 256, 2], { norm }),
      ...blocks('a', 5, (name) => inceptionResidual(name, a, { width: 256, residualScale: 0.17, norm })),
      inceptionTowers(
        'reduction-a',
        [
          [[3, 384, 2]],
          [
            [1, 192],
            [3, 192],
            [3, 256, 2],
          ],
          [{ pool: 'max', stride: 2 }],
        ],
        {
          norm,
        },
      ),
      ...blocks('b', 10, (name) => inceptionResidual(name, b, { width: 896, residualScale: 0.1, norm })),
      inceptionTowers(
        'reduction-b',
        [
          [
            [1, 256],
            [3, 384, 2],
          ],
          [
            [1, 256],
            [3, 256, 2],
          ],
          [
            [1, 256],
            [3, 256],
            [3, 256, 2],
          ],
          [{ pool: 'max', stride: 2 }],
        ],
        { norm },
      ),
      ...blocks('c', 5, (name) => inceptionResidual(name, c, { width: 1792, residualScale: 0.2, norm })),
      inceptionResidual('c-6', c, { width: 1792, residualScale: 1, activation: 'linear', norm }),
      globalAveragePool('pool2'),
      dropout('dropout', 0.2),
      chain('bottleneck', [dense('', dimension, { bias: false }), batchNorm('norm', norm)]),
      l2Normalize('embedding'),
    ],
  );
}

/** The 512-d one, whose weights are public. */
export const inceptionResNetV1 = inceptionResNetV1Of(512);
