import { FaceError, gaussian, type Random } from '@kith/core';
import { elementsOf, type OperationKind, type Parameter } from '@kith/network';
import type { Fan, Filler } from './filler.ts';

/** What is filled. */
export interface Filled {
  readonly parameter: Parameter;
  /** The operation whose parameter it is. */
  readonly operation: OperationKind;
}

/** Gives the number at a place; asked once for each, in order. */
type Draw = (at: number) => number;

/**
 * Numbers for a parameter to start with.
 *
 * @returns As many as its shape has, row-major.
 * @throws {FaceError} `USAGE` for a filler that cannot fill it, or whose settings are no such numbers.
 * @see Jia et al., Caffe, ACM MM 2014, `filler.hpp`.
 */
export function fill(filler: Filler, filled: Filled, { random }: { readonly random: Random }): Float32Array {
  const draw = drawOf(filler, filled, random);
  const data = Float32Array.from({ length: elementsOf(filled.parameter.shape) }, (_, at) => draw(at));
  if (filler.kind === 'positiveUnitball') divideBySums(data, filled);
  return data;
}

function drawOf(filler: Filler, filled: Filled, random: Random): Draw {
  const refuse = (expected: string, got: unknown): never => {
    throw new FaceError('USAGE', `Filler ${filler.kind} of ${filled.parameter.name} needs ${expected}, got ${got}.`);
  };
  const evenly = (min: number, max: number) => () => min + (max - min) * random();
  switch (filler.kind) {
    case 'constant': {
      const { value = 0 } = filler;
      if (!Number.isFinite(value)) refuse('a finite value', value);
      return () => value;
    }
    case 'uniform': {
      const { min = 0, max = 1 } = filler;
      if (!(min <= max && Number.isFinite(max - min))) refuse('finite numbers min ≤ max', `${min} and ${max}`);
      return evenly(min, max);
    }
    case 'gaussian': {
      const { mean = 0, deviation = 1, sparse } = filler;
      if (!(deviation > 0 && Number.isFinite(deviation + mean)))
        refuse('a finite mean and a deviation above 0', `${mean} and ${deviation}`);
      const normal = () => mean + deviation * gaussian(random);
      if (sparse === undefined) return normal;
      const outputs = outputsOf(filled, refuse);
      if (!(Number.isInteger(sparse) && sparse >= 0 && sparse <= outputs))
        refuse(`sparse as a whole number from 0 to ${outputs}`, sparse);
      return () => (random() < sparse / outputs ? normal() : 0);
    }
    case 'positiveUnitball':
      outputsOf(filled, refuse);
      return random;
    case 'xavier': {
      const bound = Math.sqrt(3 / fanOf(filler.fan, filled, refuse));
      return evenly(-bound, bound);
    }
    case 'msra': {
      const deviation = Math.sqrt(2 / fanOf(filler.fan, filled, refuse));
      return () => deviation * gaussian(random);
    }
    case 'bilinear':
      return bilinear(filled, refuse);
  }
}

type Refuse = (expected: string, got: unknown) => never;

function fanOf(fan: Fan = 'in', { parameter: { fanIn, fanOut } }: Filled, refuse: Refuse): number {
  const fans: Readonly<Record<Fan, number>> = { in: fanIn, average: (fanIn + fanOut) / 2, out: fanOut };
  if (!Object.hasOwn(fans, fan)) refuse('a fan of in, average or out', fan);
  return fans[fan] > 0 ? fans[fan] : refuse('a kernel', 'one number a channel');
}

/** Number of outputs: of places, channels or rows that have weights of their own. */
function outputsOf({ parameter: { shape, fanIn } }: Filled, refuse: Refuse): number {
  return fanIn > 0 ? elementsOf(shape) / fanIn : refuse('a kernel', 'one number a channel');
}

/** Which output a weight belongs to; any numbers that tell them apart. */
function outputAt({ parameter: { shape, fanIn }, operation }: Filled): Draw {
  const last = shape.at(-1)!;
  // [count, dimension]
  if (operation === 'embeddingLookup') return (at) => Math.floor(at / fanIn);
  // [cells down, cells across, inputs, filters]
  if (operation === 'locallyConnected') return (at) => Math.floor(at / (fanIn * last)) * last + (at % last);
  // […, outputs]; of depthwise kernels the last two axes are the outputs
  const outputs = elementsOf(shape) / fanIn;
  return (at) => at % outputs;
}

function divideBySums(data: Float32Array, filled: Filled): void {
  const outputOf = outputAt(filled);
  const sums = new Float64Array(data.length / filled.parameter.fanIn);
  data.forEach((value, at) => {
    sums[outputOf(at)] = sums[outputOf(at)]! + value;
  });
  data.forEach((value, at) => {
    data[at] = value / sums[outputOf(at)]!;
  });
}

/** @see Long, Shelhamer & Darrell, Fully Convolutional Networks, CVPR 2015, §3.3. */
function bilinear({ parameter: { shape }, operation }: Filled, refuse: Refuse): Draw {
  const [height, width, ...channels] = shape as [number, number, ...number[]];
  if (!['conv', 'depthwiseConv', 'transposedConv'].includes(operation) || channels.length !== 2)
    refuse('the kernel of a convolution', `[${shape.join(', ')}] of ${operation}`);
  if (height !== width) refuse('a square kernel', `${height}×${width}`);
  const factor = Math.ceil(width / 2);
  const centre = (width - 1) / 2;
  const profile = (i: number) => 1 - Math.abs(i - centre) / factor;
  return (at) => {
    const place = Math.floor(at / elementsOf(channels));
    return profile(Math.floor(place / width)) * profile(place % width);
  };
}
