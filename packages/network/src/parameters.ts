import type { Operation } from './operation.ts';
import { channelsOf, elementsOf, type Shape } from './shape.ts';

/** How a parameter starts where nothing else is said. */
export type Fill = 'kernel' | 'zeros' | 'ones' | 'quarter' | 'bilinear';

/** A tensor that a network learns, or keeps as a running statistic. */
export interface Parameter {
  /** `<node>/<part>`, such as `conv1/kernel` or `conv1/norm/gamma`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Learned by gradients; the running statistics of a batch norm are not. Only trainable parameters are counted. */
  readonly trainable: boolean;
  readonly fill: Fill;
  /** How many inputs each output sums over; for kernels only. Of transposed convolutions, as Caffe counts, how many outputs an input adds to. */
  readonly fanIn: number;
  /** How many weights each input channel has; for kernels only. Of transposed convolutions, how many each output channel of its group has. */
  readonly fanOut: number;
}

/** What an operation learns. */
export function parametersOf(node: string, operation: Operation, input: Shape, output: Shape): readonly Parameter[] {
  const named = (
    part: string,
    shape: readonly number[],
    fill: Fill,
    { fanIn = 0, fanOut = 0, trainable = true } = {},
  ) => ({
    name: `${node}/${part}`,
    shape,
    trainable,
    fill,
    fanIn,
    fanOut,
  });
  const inChannels = channelsOf(input);
  const kernel = (shape: readonly number[], fans: Pick<Parameter, 'fanIn' | 'fanOut'>) =>
    named('kernel', shape, 'kernel', fans);
  const biases = (has: boolean, shape: readonly number[]) => (has ? [named('bias', shape, 'zeros')] : []);

  switch (operation.kind) {
    case 'conv': {
      const { kernel: size, filters, groups, bias } = operation;
      const shape = [...size, inChannels / groups, filters];
      const fans = { fanIn: elementsOf(size) * (inChannels / groups), fanOut: elementsOf(size) * filters };
      return [kernel(shape, fans), ...biases(bias, [filters])];
    }
    case 'depthwiseConv': {
      const { kernel: size, multiplier, bias } = operation;
      const filters = inChannels * multiplier;
      const fans = { fanIn: elementsOf(size), fanOut: elementsOf(size) * filters };
      return [kernel([...size, inChannels, multiplier], fans), ...biases(bias, [filters])];
    }
    case 'transposedConv': {
      const { kernel: size, filters, groups, bias } = operation;
      const fans = { fanIn: elementsOf(size) * (filters / groups), fanOut: elementsOf(size) * inChannels };
      return [named('kernel', [...size, filters / groups, inChannels], 'bilinear', fans), ...biases(bias, [filters])];
    }
    case 'locallyConnected': {
      const { kernel: size, filters, region, bias } = operation;
      const cells = region.map((side, i) => Math.ceil((output[i] as number) / side));
      const fanIn = elementsOf(size) * inChannels;
      const fans = { fanIn, fanOut: elementsOf(size) * filters };
      return [kernel([...cells, fanIn, filters], fans), ...biases(bias, [...cells, filters])];
    }
    case 'dense': {
      const length = elementsOf(input);
      const { units, bias } = operation;
      return [kernel([length, units], { fanIn: length, fanOut: units }), ...biases(bias, [units])];
    }
    case 'embeddingLookup': {
      const { count, dimension } = operation;
      return [kernel([count, dimension], { fanIn: dimension, fanOut: count })];
    }
    case 'batchNorm':
      return [
        ...(operation.scale ? [named('gamma', [inChannels], 'ones')] : []),
        ...(operation.center ? [named('beta', [inChannels], 'zeros')] : []),
        named('mean', [inChannels], 'zeros', { trainable: false }),
        named('variance', [inChannels], 'ones', { trainable: false }),
      ];
    case 'channelScale':
      return [named('gamma', [inChannels], 'ones'), named('beta', [inChannels], 'zeros')];
    case 'prelu':
      return [named('alpha', [inChannels], 'quarter')];
    default:
      return [];
  }
}

/** Multiply-adds of convolutions, locally connected and dense layers on one input; all else counts as none, as papers do. */
export function macsOf(operation: Operation, input: Shape, output: Shape): number {
  switch (operation.kind) {
    case 'conv':
      return elementsOf(operation.kernel) * (channelsOf(input) / operation.groups) * elementsOf(output);
    case 'depthwiseConv':
      return elementsOf(operation.kernel) * elementsOf(output);
    case 'transposedConv':
      return elementsOf(operation.kernel) * (operation.filters / operation.groups) * elementsOf(input);
    case 'locallyConnected':
      return elementsOf(operation.kernel) * channelsOf(input) * elementsOf(output);
    case 'dense':
      return elementsOf(input) * operation.units;
    default:
      return 0;
  }
}
