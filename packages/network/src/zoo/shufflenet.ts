import { FaceError } from '@kith/core';
import { shuffleUnit } from '../blocks/shuffle.ts';
import { conv, dense, globalAveragePool, maxPool } from '../layers.ts';
import { type Network, network } from '../network.ts';
import type { Layer } from '../operation.ts';

export type ShuffleGroups = 1 | 2 | 3 | 4 | 8;

export type ShuffleScale = 0.5 | 1 | 1.5 | 2;

export interface ShufflenetOptions {
  readonly groups?: ShuffleGroups;
  /** Scale of the stages' channels. */
  readonly scale?: ShuffleScale;
}

/** Channels of stage 2 by groups; each stage doubles them. @see Zhang et al., ShuffleNet, 2017, table 1. */
const stage2Channels: Readonly<Record<ShuffleGroups, number>> = { 1: 144, 2: 200, 3: 240, 4: 272, 8: 384 };

/** Channels of the first convolution by scale, as the authors' own code has them; more where groups would not divide them. */
const firstChannels: Readonly<Record<ShuffleScale, number>> = { 0.5: 12, 1: 24, 1.5: 24, 2: 48 };

/**
 * ShuffleNet V1.
 *
 * @throws {FaceError} `USAGE` when the scale gives channels that the groups do not divide.
 * @see Zhang et al., ShuffleNet, 2017, table 1.
 */
export function shufflenetOf({ groups = 3, scale = 1 }: ShufflenetOptions = {}): Network {
  const first = Math.ceil(firstChannels[scale] / groups) * groups;
  const channels = stage2Channels[groups] * scale;
  if (channels % (4 * groups) !== 0) {
    throw new FaceError(
      'USAGE',
      `ShuffleNet of ${groups} groups needs channels that ${4 * groups} divides, got ${channels} at scale ${scale}.`,
    );
  }
  return network(
    'shufflenet',
    { input: [224, 224, 3], note: 'The total counts gamma and beta of batch norms and the classifier.' },
    [
      conv('conv1', first, { kernel: 3, stride: 2, padding: 1, bias: false, norm: {}, activation: 'relu' }),
      maxPool('pool1', { kernel: 3, stride: 2, padding: 1 }),
      ...stage('stage2', { from: first, to: channels, groups, units: 4, firstGroups: 1 }),
      ...stage('stage3', { from: channels, to: 2 * channels, groups, units: 8, firstGroups: groups }),
      ...stage('stage4', { from: 2 * channels, to: 4 * channels, groups, units: 4, firstGroups: groups }),
      globalAveragePool('average'),
      dense('fc', 1000),
    ],
  );
}

/** ShuffleNet V1 1× with 3 groups, the paper's own choice. */
export const shufflenet = shufflenetOf();

interface Stage {
  readonly from: number;
  readonly to: number;
  readonly groups: number;
  readonly units: number;
  readonly firstGroups: number;
}

/** A unit that halves the maps, then units that keep them. */
function stage(name: string, { from, to, groups, units, firstGroups }: Stage): readonly Layer[] {
  return [...Array(units).keys()].map((i) =>
    i === 0
      ? shuffleUnit(`${name}.1`, { channels: [from, to], groups, stride: 2, firstGroups })
      : shuffleUnit(`${name}.${i + 1}`, { channels: [to, to], groups }),
  );
}
