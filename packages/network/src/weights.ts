import { createRandom, FaceError, gaussian } from '@kith/core';
import { type Graph, layOut, type Node } from './graph.ts';
import type { Network } from './network.ts';
import type { Parameter } from './parameters.ts';
import { elementsOf, formatShape } from './shape.ts';

/** Numbers with a shape, row-major. */
export interface WeightTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** What a network has learnt, by parameter name, such as `conv1/kernel`. */
export type Weights = ReadonlyMap<string, WeightTensor>;

/** A network with its weights: what a runtime loads. */
export interface NetworkModel {
  readonly network: Network;
  readonly weights: Weights;
}

/** All that a network learns or keeps. */
export function parameters(graph: Graph): readonly Parameter[] {
  return graph.nodes.flatMap((node) => node.parameters);
}

/**
 * Check that weights are those of a network: each there once, in its shape, finite, and none besides; and that norms have variances.
 *
 * @throws {FaceError} `WEIGHTS_MISMATCH` or `WEIGHTS_NOT_FINITE`, naming the tensor, what was expected and what was got.
 */
export function assertWeightsFit(network: Network, weights: Weights): void {
  const graph = layOut(network);
  const wanted = new Map(parameters(graph).map((parameter) => [parameter.name, parameter]));
  const extra = [...weights.keys()].filter((name) => !wanted.has(name));
  if (extra.length > 0) {
    throw new FaceError('WEIGHTS_MISMATCH', `${network.name} has no ${listed(extra)}, which the weights bring.`);
  }
  const missing = [...wanted.keys()].filter((name) => !weights.has(name));
  if (missing.length > 0)
    throw new FaceError('WEIGHTS_MISMATCH', `${network.name} needs ${listed(missing)}, which the weights lack.`);
  for (const [name, { shape }] of wanted) {
    const tensor = weights.get(name)!;
    assertShape(`${network.name}: ${name}`, shape, tensor);
    const bad = tensor.data.findIndex((value) => !Number.isFinite(value));
    if (bad < 0) continue;
    throw new FaceError(
      'WEIGHTS_NOT_FINITE',
      `${network.name}: ${name} holds ${tensor.data[bad]} at ${bad}, expected finite numbers.`,
    );
  }
  for (const node of graph.nodes) assertVariances(network.name, node, weights);
}

/** A norm divides by the root of its variances, which no other numbers make finite. */
function assertVariances(network: string, { name, operation }: Node, weights: Weights): void {
  if (operation.kind !== 'batchNorm') return;
  const least = -operation.epsilon;
  const variance = weights.get(`${name}/variance`)!.data;
  const bad = variance.findIndex((value) => value <= least);
  if (bad < 0) return;
  throw new FaceError(
    'WEIGHTS_NOT_FINITE',
    `${network}: ${name}/variance holds ${variance[bad]} at ${bad}, of which no norm can be made, expected more than ${least}.`,
  );
}

function assertShape(what: string, expected: readonly number[], { shape, data }: WeightTensor): void {
  if (formatShape(expected) !== formatShape(shape)) {
    throw new FaceError('WEIGHTS_MISMATCH', `${what} is ${formatShape(shape)}, expected ${formatShape(expected)}.`);
  }
  if (data.length !== elementsOf(shape)) {
    throw new FaceError(
      'WEIGHTS_MISMATCH',
      `${what} has ${data.length} numbers, expected ${elementsOf(shape)} for ${formatShape(shape)}.`,
    );
  }
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}

/**
 * Weights to begin with: kernels by He's rule, transposed convolutions bilinear, norms as if they were not there.
 *
 * @param seed - Same seed, same weights.
 * @see He et al., Delving Deep into Rectifiers, ICCV 2015, §2.2.
 */
export function initialWeights(network: Network, { seed = 1 }: { readonly seed?: number } = {}): Weights {
  const random = createRandom(seed);
  return new Map(
    parameters(layOut(network)).map((parameter) => {
      const data = new Float32Array(elementsOf(parameter.shape));
      if (parameter.fill === 'bilinear') fillBilinear(data, parameter.shape);
      else if (parameter.fill === 'kernel') {
        const deviation = Math.sqrt(2 / parameter.fanIn);
        for (let i = 0; i < data.length; i++) data[i] = deviation * gaussian(random);
      } else data.fill({ zeros: 0, ones: 1, quarter: 0.25 }[parameter.fill]);
      return [parameter.name, { shape: parameter.shape, data }];
    }),
  );
}

/**
 * Each output channel interpolates the input channel of its own number within its group.
 *
 * @see Long, Shelhamer & Darrell, Fully Convolutional Networks, CVPR 2015, §3.3.
 */
function fillBilinear(data: Float32Array, [height, width, filters, channels]: readonly number[]): void {
  const profile = (size: number, i: number) => {
    const factor = Math.floor((size + 1) / 2);
    const centre = size % 2 === 1 ? factor - 1 : factor - 0.5;
    return 1 - Math.abs(i - centre) / factor;
  };
  for (let y = 0; y < height!; y++)
    for (let x = 0; x < width!; x++)
      for (let c = 0; c < channels!; c++) {
        const at = ((y * width! + x) * filters! + (c % filters!)) * channels! + c;
        data[at] = profile(height!, y) * profile(width!, x);
      }
}
