import {
  add,
  chain,
  conv,
  dense,
  depthwise,
  type Layer,
  l2Normalize,
  type Network,
  network,
  normalize,
  relu,
} from '@kith/network';

/** What a sum adds up, and a dense layer reads, has no activation of its own. */
const linear = { bias: false, norm: {} } as const;
const follow = { ...linear, activation: 'relu' } as const;

export interface KithSmallOptions {
  readonly sizePx?: number;
  readonly dimension?: number;
}

/**
 * Our small net: residual blocks of plain convolutions, which cost a processor less time than depthwise ones of as many multiply-adds,
 * and a weight a place in place of a mean over the last maps.
 *
 * @see He et al., Deep Residual Learning, CVPR 2016, §3.3 (the blocks); Chen et al., MobileFaceNets, 2018, §3.2 (the last maps).
 */
export function kithSmallOf({ sizePx = 64, dimension = 128 }: KithSmallOptions = {}): Network {
  return network('kith-small', { input: [sizePx, sizePx, 3] }, [
    normalize('pixels', { mean: 127.5, deviation: 64 }),
    conv('conv1', 32, { kernel: 3, stride: 2, padding: 1, ...follow }),
    ...stage('2', 64, { blocks: 1 }),
    ...stage('3', 96, { blocks: 2 }),
    ...stage('4', 160, { blocks: 1 }),
    depthwise('places', { kernel: Math.ceil(sizePx / 16), padding: 'valid', ...linear }),
    dense('fc', dimension),
    l2Normalize('embedding'),
  ]);
}

/** The small net for faces of 64 × 64 px. */
export const kithSmall = kithSmallOf();

/** Half the places, then blocks of two convolutions beside the identity. */
function stage(name: string, filters: number, { blocks }: { readonly blocks: number }): readonly Layer[] {
  return [
    conv(`down${name}`, filters, { kernel: 3, stride: 2, padding: 1, ...follow }),
    ...Array.from({ length: blocks }, (_, i) =>
      chain(`block${name}.${i + 1}`, [
        add('sum', [
          [conv('conv1', filters, { kernel: 3, ...follow }), conv('conv2', filters, { kernel: 3, ...linear })],
          [],
        ]),
        relu('relu'),
      ]),
    ),
  ];
}
