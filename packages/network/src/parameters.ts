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
  /** How many inputs each output sums over; for kernels only. */
  readonly fanIn: number;
}

/** What an operation learns. */
export function parametersOf(node: string, operation: Operation, input: Shape, output: Shape): readonly Parameter[] {
  const named = (part: string, shape: readonly number[], fill: Fill, { fanIn = 0, trainable = true } = {}) => ({
    name: `${node}/${part}`,
    shape,
    trainable,
    fill,
    fanIn,
  });
  const inChannels = channelsOf(input);
  const kernel = (shape: readonly number[], fanIn: number) => named('kernel', shape, 'kernel', { fanIn });
  const biases = (has: boolean, shape: readonly number[]) => (has ? [named('bias', shape, 'zeros')] : []);

  switch (operation.kind) {
    case 'conv': {
      const { kernel: size, filters, groups, bias } = operation;
      const shape = [...size, inChannels / groups, filters];
      return [kernel(shape, elementsOf(size) * (inChannels / groups)), ...biases(bias, [filters])];
    }
    case 'depthwiseConv': {
      const { kernel: size, multiplier, bias } = operation;
      return [kernel([...size, inChannels, multiplier], elementsOf(size)), ...biases(bias, [inChannels * multiplier])];
    }
    case 'transposedConv': {
      const { kernel: size, filters, groups, bias } = operation;
      return [named('kernel', [...size, filters / groups, inChannels], 'bilinear'), ...biases(bias, [filters])];
    }
    case 'locallyConnected': {
      const { kernel: size, filters, region, bias } = operation;
      const cells = region.map((side, i) => Math.ceil((output[i] as number) / side));
      const fanIn = elementsOf(size) * inChannels;
      return [kernel([...cells, fanIn, filters], fanIn), ...biases(bias, [...cells, filters])];
    }
    case 'dense': {
      const length = elementsOf(input);
      return [kernel([length, operation.units], length), ...biases(operation.bias, [operation.units])];
    }
    case 'embeddingLookup':
      return [kernel([operation.count, operation.dimension], operation.dimension)];
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
