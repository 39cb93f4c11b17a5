import { inceptionResidual, inceptionTowers, slimConv, slimStem, type Tower } from '../blocks/inception-towers.ts';
import { dense, dropout, globalAveragePool } from '../layers.ts';
import { network } from '../network.ts';
import type { Layer } from '../operation.ts';

const half: Tower = [{ pool: 'max', stride: 2 }];
const a: readonly Tower[] = [
  [[1, 32]],
  [
    [1, 32],
    [3, 32],
  ],
  [
    [1, 32],
    [3, 48],
    [3, 64],
  ],
];
const b: readonly Tower[] = [
  [[1, 192]],
  [
    [1, 128],
    [[1, 7], 160],
    [[7, 1], 192],
  ],
];
const c: readonly Tower[] = [
  [[1, 192]],
  [
    [1, 192],
    [[1, 3], 224],
    [[3, 1], 256],
  ],
];

const blocks = (name: string, times: number, make: (name: string) => Layer) =>
  Array.from({ length: times }, (_, i) => make(`${name}-${i + 1}`));

const note =
  'convolutions without bias but those after the towers, batch norm γβ; running statistics not counted; TF-Slim’s variant of 10, 20 and 10 blocks';

/** Inception-ResNet V2 as TF-Slim has it. @see Szegedy et al., Inception-v4, Inception-ResNet, 2016, figures 15–19. */
export const inceptionResNetV2 = network('inception-resnet-v2', { input: [299, 299, 3], note }, [
  ...slimStem,
  inceptionTowers('5b', [
    [[1, 96]],
    [
      [1, 48],
      [5, 64],
    ],
    [
      [1, 64],
      [3, 96],
      [3, 96],
    ],
    [{ pool: 'average' }, [1, 64]],
  ]),
  ...blocks('a', 10, (name) => inceptionResidual(name, a, { width: 320, residualScale: 0.17 })),
  inceptionTowers('6a', [
    [[3, 384, 2]],
    [
      [1, 256],
      [3, 256],
      [3, 384, 2],
    ],
    half,
  ]),
  ...blocks('b', 20, (name) => inceptionResidual(name, b, { width: 1088, residualScale: 0.1 })),
  inceptionTowers('7a', [
    [
      [1, 256],
      [3, 384, 2],
    ],
    [
      [1, 256],
      [3, 288, 2],
    ],
    [
      [1, 256],
      [3, 288],
      [3, 320, 2],
    ],
    half,
  ]),
  ...blocks('c', 9, (name) => inceptionResidual(name, c, { width: 2080, residualScale: 0.2 })),
  inceptionResidual('c-10', c, { width: 2080, residualScale: 1, activation: 'linear' }),
  slimConv('conv6', [1, 1536]),
  globalAveragePool('pool3'),
  dropout('dropout', 0.2),
  dense('fc', 1000),
]);
