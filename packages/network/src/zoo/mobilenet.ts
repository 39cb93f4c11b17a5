import { FaceError } from '@kith/core';
import { depthwiseSeparable } from '../blocks/separable.ts';
import { conv, dense, globalAveragePool } from '../layers.ts';
import { type Network, network } from '../network.ts';

export interface MobilenetOptions {
  /** Width multiplier α, in (0, 1]. */
  readonly width?: number;
  /** Side of the input; the resolution multiplier ρ times 224. */
  readonly sidePx?: number;
  readonly classes?: number;
}

const follow = { norm: {}, activation: 'relu6' } as const;

/**
 * MobileNet V1.
 *
 * @throws {FaceError} `USAGE` for a width out of range or a side of less than 1 px.
 * @see Howard et al., MobileNets, 2017, table 1; its last stride of 2 is a misprint for 1, as its sizes show.
 */
export function mobilenetOf({ width = 1, sidePx = 224, classes = 1000 }: MobilenetOptions = {}): Network {
  if (!(width > 0 && width <= 1)) throw new FaceError('USAGE', `A width multiplier is in (0, 1], got ${width}.`);
  if (!(Number.isInteger(sidePx) && sidePx >= 1)) {
    throw new FaceError('USAGE', `A side is a whole number of px, at least 1, got ${sidePx}.`);
  }
  const filters = (full: number) => Math.max(1, Math.floor(full * width));
  const separable = (name: string, full: number, stride: 1 | 2) =>
    depthwiseSeparable(name, filters(full), { stride, ...follow });
  return network(
    'mobilenet',
    { input: [sidePx, sidePx, 3], note: 'The total counts gamma and beta of batch norms and the classifier.' },
    [
      conv('conv1', filters(32), { kernel: 3, stride: 2, bias: false, ...follow }),
      separable('separable2', 64, 1),
      separable('separable3', 128, 2),
      separable('separable4', 128, 1),
      separable('separable5', 256, 2),
      separable('separable6', 256, 1),
      separable('separable7', 512, 2),
      separable('separable8', 512, 1),
      separable('separable9', 512, 1),
      separable('separable10', 512, 1),
      separable('separable11', 512, 1),
      separable('separable12', 512, 1),
      separable('separable13', 1024, 2),
      separable('separable14', 1024, 1),
      globalAveragePool('average'),
      dense('fc', classes),
    ],
  );
}

/** MobileNet V1 as the paper's table 1. */
export const mobilenet = mobilenetOf();
