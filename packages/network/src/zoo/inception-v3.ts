import { inceptionTowers, slimStem, type Tower } from '../blocks/inception-towers.ts';
import { averagePool, dense, dropout } from '../layers.ts';
import { network } from '../network.ts';

const across = [1, 7] as const;
const down = [7, 1] as const;
const half: Tower = [{ pool: 'max', stride: 2 }];
const fork = {
  fork: [
    [[1, 3], 384],
    [[3, 1], 384],
  ],
} as const;

/** Figure 5, its 5×5 kept. */
const a = (name: string, pooled: number) =>
  inceptionTowers(name, [
    [[1, 64]],
    [
      [1, 48],
      [5, 64],
    ],
    [
      [1, 64],
      [3, 96],
      [3, 96],
    ],
    [{ pool: 'average' }, [1, pooled]],
  ]);

/** Figure 6: 7×7 as 1×7 and 7×1. */
const c = (name: string, width: number) =>
  inceptionTowers(name, [
    [[1, 192]],
    [
      [1, width],
      [across, width],
      [down, 192],
    ],
    [
      [1, width],
      [down, width],
      [across, width],
      [down, width],
      [across, 192],
    ],
    [{ pool: 'average' }, [1, 192]],
  ]);

/** Figure 7: wide at the end. */
const e = (name: string) =>
  inceptionTowers(name, [[[1, 320]], [[1, 384], fork], [[1, 448], [3, 384], fork], [{ pool: 'average' }, [1, 192]]]);

/** Inception V3. @see Szegedy et al., Rethinking the Inception Architecture for Computer Vision, 2015, table 1. */
export const inceptionV3 = network(
  'inception-v3',
  {
    input: [299, 299, 3],
    note: 'convolutions without bias, batch norm γβ; running statistics and auxiliary head not counted',
  },
  [
    ...slimStem,
    a('5b', 32),
    a('5c', 64),
    a('5d', 64),
    inceptionTowers('6a', [
      [[3, 384, 2]],
      [
        [1, 64],
        [3, 96],
        [3, 96, 2],
      ],
      half,
    ]),
    c('6b', 128),
    c('6c', 160),
    c('6d', 160),
    c('6e', 192),
    inceptionTowers('7a', [
      [
        [1, 192],
        [3, 320, 2],
      ],
      [
        [1, 192],
        [across, 192],
        [down, 192],
        [3, 192, 2],
      ],
      half,
    ]),
    e('7b'),
    e('7c'),
    averagePool('pool3', { kernel: 8, padding: 'valid' }),
    dropout('dropout', 0.2),
    dense('fc', 1000),
  ],
);
