import type { Operation, Window } from '../operation.ts';
import { channelsOf, isMaps, type Pair, type Shape } from '../shape.ts';
import { flagOf, lineOf, messageOf, numberOf, numbersOf, textOf, wholeOf, wholesOf } from './fields.ts';
import type { CaffeLayer } from './layer-block.ts';
import { invalidAt, type Message } from './text-format.ts';

type Read = (settings: Message, input: Shape, layer: CaffeLayer) => Operation;

/** Where each type keeps its settings, and the operation they make of it. */
const readers: Readonly<Record<string, readonly [settings: string, read: Read]>> = {
  Convolution: ['convolution_param', convolution],
  DepthwiseConvolution: ['convolution_param', convolution],
  Deconvolution: ['convolution_param', deconvolution],
  InnerProduct: ['inner_product_param', innerProduct],
  Pooling: ['pooling_param', pooling],
  LRN: ['lrn_param', lrn],
  ReLU: ['relu_param', relu],
  ReLU6: ['relu6_param', () => ({ kind: 'activation', function: 'relu6' })],
  PReLU: ['prelu_param', prelu],
  Sigmoid: ['sigmoid_param', () => ({ kind: 'activation', function: 'sigmoid' })],
  TanH: ['tanh_param', () => ({ kind: 'activation', function: 'tanh' })],
  Softmax: ['softmax_param', overChannels({ kind: 'activation', function: 'softmax' })],
  Dropout: ['dropout_param', (settings) => ({ kind: 'dropout', rate: numberOf(settings, 'dropout_ratio', 0.5) })],
  Concat: ['concat_param', concat],
  Eltwise: ['eltwise_param', eltwise],
  BatchNorm: ['batch_norm_param', batchNorm],
  Scale: ['scale_param', scale],
  Power: ['power_param', power],
  ShuffleChannel: [
    'shuffle_channel_param',
    (settings) => ({ kind: 'channelShuffle', groups: needed(settings, 'group') }),
  ],
};

/** The types that are read. */
export const knownTypes: readonly string[] = Object.keys(readers);

/** Types that work number by number, so that the order of what they read is no matter. */
export const elementwiseTypes: ReadonlySet<string> = new Set(['ReLU', 'ReLU6', 'Sigmoid', 'TanH', 'Dropout', 'Power']);

/**
 * What a Caffe layer computes.
 *
 * @param input - Size of what it reads first.
 * @throws {FaceError} `NETWORK_INVALID` for a type or a setting that no operation of ours has.
 */
export function operationOf(layer: CaffeLayer, input: Shape): Operation {
  const reader = Object.hasOwn(readers, layer.type) ? readers[layer.type] : undefined;
  if (!reader) {
    throw invalidAt(
      layer.line,
      `layer ${layer.name} is of type ${layer.type}, expected one of ${knownTypes.join(', ')}`,
    );
  }
  const [settings, read] = reader;
  return read(messageOf(layer.message, settings), input, layer);
}

function convolution(settings: Message, input: Shape, { type }: CaffeLayer): Operation {
  const channels = channelsOf(input);
  const filters = needed(settings, 'num_output');
  const groups = type === 'DepthwiseConvolution' ? channels : (wholeOf(settings, 'group', 1) ?? 1);
  const common = {
    ...windowOf(settings),
    dilation: bothWays(settings, 'dilation', { least: 1 }) ?? [1, 1],
    bias: flagOf(settings, 'bias_term', true),
  } as const;
  if (groups > 1 && groups === channels && filters % channels === 0) {
    return { ...common, kind: 'depthwiseConv', multiplier: filters / channels };
  }
  return { ...common, kind: 'conv', filters, groups };
}

function deconvolution(settings: Message): Operation {
  refuse(
    settings,
    'dilation',
    numbersOf(settings, 'dilation').some((value) => value !== 1),
    'expected 1',
  );
  return {
    ...windowOf(settings),
    kind: 'transposedConv',
    filters: needed(settings, 'num_output'),
    groups: wholeOf(settings, 'group', 1) ?? 1,
    bias: flagOf(settings, 'bias_term', true),
  };
}

function innerProduct(settings: Message): Operation {
  refuse(settings, 'axis', numberOf(settings, 'axis', 1) !== 1, 'expected 1');
  return { kind: 'dense', units: needed(settings, 'num_output'), bias: flagOf(settings, 'bias_term', true) };
}

function pooling(settings: Message, input: Shape, { line, name }: CaffeLayer): Operation {
  const form = textOf(settings, 'pool') ?? 'MAX';
  const isGlobal = flagOf(settings, 'global_pooling', false);
  if (isGlobal && !isMaps(input)) throw invalidAt(line, `layer ${name} pools maps, got a vector`);
  const ceil = !isGlobal && !['FLOOR', '1'].includes(textOf(settings, 'round_mode') ?? 'CEIL');
  const window = isGlobal
    ? ({ kernel: [input[0]!, input[1]!], stride: [1, 1], padding: 0 } as const)
    : windowOf(settings);
  if (form === 'MAX' || form === '0') return { ...window, kind: 'maxPool', ceil };
  // Caffe's mean counts the padding
  if (form === 'AVE' || form === '1') return { ...window, kind: 'averagePool', ceil, countPadding: true };
  throw invalidAt(lineOf(settings, 'pool'), `pool is ${form}, expected MAX or AVE`);
}

function lrn(settings: Message): Operation {
  const region = textOf(settings, 'norm_region') ?? 'ACROSS_CHANNELS';
  refuse(settings, 'norm_region', !['ACROSS_CHANNELS', '0'].includes(region), 'expected ACROSS_CHANNELS');
  return {
    kind: 'lrn',
    size: wholeOf(settings, 'local_size', 1) ?? 5,
    alpha: numberOf(settings, 'alpha', 1),
    beta: numberOf(settings, 'beta', 0.75),
    bias: numberOf(settings, 'k', 1),
    form: 'caffe',
  };
}

function relu(settings: Message): Operation {
  const slope = numberOf(settings, 'negative_slope', 0);
  if (slope === 0) return { kind: 'activation', function: 'relu' };
  refuse(settings, 'negative_slope', slope < 0 || slope > 1, 'expected a number from 0 to 1');
  return { kind: 'leakyRelu', slope };
}

function prelu(settings: Message): Operation {
  refuse(settings, 'channel_shared', flagOf(settings, 'channel_shared', false), 'expected a slope a channel');
  return { kind: 'prelu' };
}

function overChannels(operation: Operation): Read {
  return (settings) => {
    refuse(settings, 'axis', numberOf(settings, 'axis', 1) !== 1, 'expected 1, the channels');
    return operation;
  };
}

function concat(settings: Message, input: Shape, layer: CaffeLayer): Operation {
  refuse(settings, 'concat_dim', numberOf(settings, 'concat_dim', 1) !== 1, 'expected 1, the channels');
  return overChannels({ kind: 'concat' })(settings, input, layer);
}

function eltwise(settings: Message): Operation {
  const form = textOf(settings, 'operation') ?? 'SUM';
  refuse(settings, 'operation', !['SUM', '1'].includes(form), 'expected SUM');
  refuse(
    settings,
    'coeff',
    numbersOf(settings, 'coeff').some((factor) => factor !== 1),
    'expected 1 for each',
  );
  return { kind: 'add', extend: false };
}

function batchNorm(settings: Message): Operation {
  const isFrozen = flagOf(settings, 'use_global_stats', true);
  refuse(settings, 'use_global_stats', !isFrozen, 'expected true, since one input has no statistics');
  const momentum = numberOf(settings, 'moving_average_fraction', 0.999);
  return { kind: 'batchNorm', epsilon: numberOf(settings, 'eps', 1e-5), momentum, scale: false, center: false };
}

function scale(settings: Message, input: Shape, { bottoms, line, name }: CaffeLayer): Operation {
  if (bottoms.length !== 1) throw invalidAt(line, `layer ${name} scales by another layer, expected one bottom`);
  refuse(settings, 'axis', numberOf(settings, 'axis', 1) !== 1, 'expected 1, the channels');
  refuse(settings, 'num_axes', numberOf(settings, 'num_axes', 1) !== 1, 'expected 1');
  if (flagOf(settings, 'bias_term', false)) return { kind: 'channelScale' };
  if (!isMaps(input)) throw invalidAt(line, `layer ${name} scales a vector without a bias, expected bias_term: true`);
  // a factor a channel and no summand is a depthwise 1×1
  const window = { kernel: [1, 1], stride: [1, 1], padding: 0, dilation: [1, 1] } as const;
  return { ...window, kind: 'depthwiseConv', multiplier: 1, bias: false };
}

function power(settings: Message): Operation {
  refuse(settings, 'power', numberOf(settings, 'power', 1) !== 1, 'expected 1');
  refuse(settings, 'shift', numberOf(settings, 'shift', 0) !== 0, 'expected 0');
  return { kind: 'scale', factor: numberOf(settings, 'scale', 1) };
}

function windowOf(settings: Message): Window {
  const kernel = bothWays(settings, 'kernel_size', { least: 1, short: 'kernel' });
  if (!kernel) throw invalidAt(settings.line, 'expected kernel_size, or kernel_h and kernel_w');
  const [down, across] = bothWays(settings, 'pad', { least: 0 }) ?? [0, 0];
  return {
    kernel,
    stride: bothWays(settings, 'stride', { least: 1 }) ?? [1, 1],
    padding: down === across ? down : [down, across, down, across],
  };
}

/** A setting for both directions, or one each, as `stride: 2`, `stride: 2 stride: 1` or `stride_h: 2 stride_w: 1`. */
function bothWays(
  settings: Message,
  name: string,
  { least, short = name }: { readonly least: number; readonly short?: string },
): Pair | undefined {
  const given = wholesOf(settings, name, least);
  const sides = [wholeOf(settings, `${short}_h`, least), wholeOf(settings, `${short}_w`, least)] as const;
  if (given.length > 2)
    throw invalidAt(lineOf(settings, name), `${name} is given ${given.length} times, expected two at most`);
  if (sides[0] === undefined && sides[1] === undefined)
    return given.length > 0 ? [given[0]!, given.at(-1)!] : undefined;
  if (given.length > 0)
    throw invalidAt(lineOf(settings, name), `expected ${name} or ${short}_h and ${short}_w, got both`);
  // what is left out is the default of pads and strides
  if (short === 'kernel' && sides.includes(undefined)) {
    throw invalidAt(settings.line, `expected ${short}_h and ${short}_w, got one of them`);
  }
  return [sides[0] ?? least, sides[1] ?? least];
}

function needed(settings: Message, name: string): number {
  const value = wholeOf(settings, name, 1);
  if (value === undefined) throw invalidAt(settings.line, `expected ${name}, got none`);
  return value;
}

function refuse(settings: Message, name: string, isWrong: boolean, expected: string): void {
  if (isWrong) throw invalidAt(lineOf(settings, name), `${name} is ${textOf(settings, name)}, ${expected}`);
}
