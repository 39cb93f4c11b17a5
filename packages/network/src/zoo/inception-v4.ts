import { inceptionTowers, slimConv, type Tower } from '../blocks/inception-towers.ts';
import { averagePool, dense, dropout } from '../layers.ts';
import { network } from '../network.ts';
import type { Layer } from '../operation.ts';

const across = [1, 7] as const;
const down = [7, 1] as const;
const half: Tower = [{ pool: 'max', stride: 2 }];
const fork = {
  fork: [
    [[1, 3], 256],
    [[3, 1], 256],
  ],
} as const;

const times = (name: string, count: number, towers: readonly Tower[]): Layer[] =>
  Array.from({ length: count }, (_, i) => inceptionTowers(`${name}-${i + 1}`, towers));

/** Figure 4. */
const a: readonly Tower[] = [
  [[1, 96]],
  [
    [1, 64],
    [3, 96],
  ],
  [
    [1, 64],
    [3, 96],
    [3, 96],
  ],
  [{ pool: 'average' }, [1, 96]],
];

/** Figure 5. */
const b: readonly Tower[] = [
  [[1, 384]],
  [
    [1, 192],
    [across, 224],
    [down, 256],
  ],
  [
    [1, 192],
    [down, 192],
    [across, 224],
    [down, 224],
    [across, 256],
  ],
  [{ pool: 'average' }, [1, 128]],
];

/** Figure 6. */
const c: readonly Tower[] = [
  [[1, 256]],
  [[1, 384], fork],
  [[1, 384], [[3, 1], 448], [[1, 3], 512], fork],
  [{ pool: 'average' }, [1, 256]],
];

/** Inception V4. @see Szegedy et al., Inception-v4, Inception-ResNet, 2016, figures 3–9. */
export const inceptionV4 = network(
  'inception-v4',
  { input: [299, 299, 3], note: 'convolutions without bias, batch norm γβ; running statistics not counted' },
  [
    slimConv('conv1', [3, 32, 2]),
    slimConv('conv2', [3, 32, 'valid']),
    slimConv('conv3', [3, 64]),
    inceptionTowers('3a', [half, [[3, 96, 2]]]),
    inceptionTowers('4a', [
      [
        [1, 64],
        [3, 96, 'valid'],
      ],
      [
        [1, 64],
        [across, 64],
        [down, 64],
        [3, 96, 'valid'],
      ],
    ]),
    inceptionTowers('5a', [[[3, 192, 2]], half]),
    ...times('a', 4, a),
    inceptionTowers('reduction-a', [
      [[3, 384, 2]],
      [
        [1, 192],
        [3, 224],
        [3, 256, 2],
      ],
      half,
    ]),
    ...times('b', 7, b),
    inceptionTowers('reduction-b', [
      [
        [1, 192],
        [3, 192, 2],
      ],
      [
        [1, 256],
        [across, 256],
        [down, 320],
        [3, 320, 2],
      ],
      half,
    ]),
    ...times('c', 3, c),
    averagePool('pool', { kernel: 8, padding: 'valid' }),
    dropout('dropout', 0.2),
    dense('fc', 1000),
  ],
);
