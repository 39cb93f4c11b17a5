import { invertedBottleneck } from '../blocks/bottleneck.ts';
import { conv, depthwise, pointwise } from '../layers.ts';
import { type Network, network } from '../network.ts';
import type { Layer } from '../operation.ts';

export interface MobilefacenetOptions {
  /** Height and width of the aligned face in px: 112 × 112, or 112 × 96. */
  readonly input?: readonly [height: number, width: number];
  readonly dimension?: number;
}

const prelu = { bias: false, norm: {}, activation: 'prelu' } as const;
const linear = { bias: false, norm: {} } as const;

/**
 * MobileFaceNet; its embedding is not yet normalised.
 *
 * @see Chen et al., MobileFaceNets, 2018, table 1.
 */
export function mobilefacenetOf({ input = [112, 112], dimension = 128 }: MobilefacenetOptions = {}): Network {
  const [height, width] = input;
  return network(
    'mobilefacenet',
    { input: [height, width, 3], note: 'The total counts gamma and beta of batch norms and the slopes of PReLUs.' },
    [
      conv('conv1', 64, { kernel: 3, stride: 2, padding: 1, ...prelu }),
      depthwise('depthwise2', { kernel: 3, padding: 1, ...prelu }),
      //                          from, to  expansion  times  stride
      ...bottlenecks('bottleneck3', [64, 64], { expansion: 2, times: 5, stride: 2 }),
      ...bottlenecks('bottleneck4', [64, 128], { expansion: 4, times: 1, stride: 2 }),
      ...bottlenecks('bottleneck5', [128, 128], { expansion: 2, times: 6, stride: 1 }),
      ...bottlenecks('bottleneck6', [128, 128], { expansion: 4, times: 1, stride: 2 }),
      ...bottlenecks('bottleneck7', [128, 128], { expansion: 2, times: 2, stride: 1 }),
      pointwise('conv8', 512, prelu),
      depthwise('global9', { kernel: [Math.ceil(height / 16), Math.ceil(width / 16)], padding: 'valid', ...linear }),
      pointwise('embedding', dimension, linear),
    ],
  );
}

/** MobileFaceNet for faces of 112 × 112 px. */
export const mobilefacenet = mobilefacenetOf();

function bottlenecks(
  name: string,
  [from, to]: readonly [number, number],
  { expansion, times, stride }: { readonly expansion: number; readonly times: number; readonly stride: 1 | 2 },
): readonly Layer[] {
  return [...Array(times).keys()].map((i) =>
    invertedBottleneck(`${name}.${i + 1}`, {
      channels: [i === 0 ? from : to, to],
      expansion,
      stride: i === 0 ? stride : 1,
      activation: 'prelu',
    }),
  );
}
