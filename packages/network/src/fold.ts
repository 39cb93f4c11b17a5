import { type Fold, type FoldedKind, norms, planFolds } from './fold-plan.ts';
import { layOut, type Node } from './graph.ts';
import type { Network } from './network.ts';
import { channelsOf, elementsOf } from './shape.ts';
import { type NetworkModel, parameters, type Weights, type WeightTensor } from './weights.ts';

/**
 * Take norms into the layers before them: a batch norm or a factor a channel that follows a convolution, a dense or a locally connected
 * layer which nothing else reads becomes part of its kernel and bias. What the network answers stays the same.
 *
 * A norm that cannot be folded, such as one after a pool, stays. All other layers keep their names.
 *
 * @throws {FaceError} `NETWORK_INVALID` when the table does not fit together.
 */
export function foldBatchNorm(model: NetworkModel): NetworkModel {
  return fold(model, norms);
}

/**
 * The same, and constant factors with them: a network as it is served.
 *
 * @throws {FaceError} `NETWORK_INVALID` when the table does not fit together.
 */
export function foldForServing(model: NetworkModel): NetworkModel {
  return fold(model, [...norms, 'scale']);
}

function fold({ network, weights }: NetworkModel, kinds: readonly FoldedKind[]): NetworkModel {
  const plan = planFolds(network, kinds);
  const folded = new Map([...weights, ...plan.folds.flatMap((fold) => foldedTensors(fold, weights))]);
  const kept = parameters(layOut(plan.network)).map(({ name }) => [name, folded.get(name)!] as const);
  return { network: plan.network, weights: new Map(kept) };
}

/**
 * The table that `foldBatchNorm` gives, for weights whose norms are folded already.
 *
 * @throws {FaceError} `NETWORK_INVALID` when the table does not fit together.
 */
export function foldedNetwork(network: Network): Network {
  return planFolds(network).network;
}

/** `x · factor + summand`, a channel. */
interface Affine {
  readonly factor: Float64Array;
  readonly summand: Float64Array;
}

/** The kernel and the bias of a layer that its norms have gone into. */
function foldedTensors(
  { anchor, norms: folded }: Fold,
  weights: Weights,
): readonly (readonly [string, WeightTensor])[] {
  const { factor, summand } = folded
    .map((norm) => affineOf(norm, weights))
    .reduce((first, then) => ({
      factor: first.factor.map((value, c) => value * then.factor[c]!),
      summand: first.summand.map((value, c) => value * then.factor[c]! + then.summand[c]!),
    }));
  const [kernelName, biasName] = [`${anchor.name}/kernel`, `${anchor.name}/bias`];
  const { shape, data } = weights.get(kernelName)!;
  const channelOf = kernelChannels(anchor);
  const kernel = data.map((value, i) => value * factor[channelOf(i)]!);
  const channels = factor.length;
  const biasShape = anchor.operation.kind === 'locallyConnected' ? [...shape.slice(0, 2), channels] : [channels];
  const old = weights.get(biasName)?.data ?? new Float32Array(elementsOf(biasShape));
  const bias = old.map((value, i) => value * factor[i % channels]! + summand[i % channels]!);
  return [
    [kernelName, { shape, data: kernel }],
    [biasName, { shape: biasShape, data: bias }],
  ];
}

function affineOf({ name, operation, shape }: Node, weights: Weights): Affine {
  const learnt = (part: string, otherwise: number) =>
    weights.get(`${name}/${part}`)?.data ?? new Float32Array(channelsOf(shape)).fill(otherwise);
  if (operation.kind === 'scale') {
    const factor = new Float64Array(channelsOf(shape)).fill(operation.factor);
    return { factor, summand: new Float64Array(factor.length) };
  }
  const [gamma, beta] = [Float64Array.from(learnt('gamma', 1)), Float64Array.from(learnt('beta', 0))];
  if (operation.kind !== 'batchNorm') return { factor: gamma, summand: beta };
  const [mean, variance] = [learnt('mean', 0), learnt('variance', 1)];
  const factor = gamma.map((value, c) => value / Math.sqrt(variance[c]! + operation.epsilon));
  return { factor, summand: beta.map((value, c) => value - mean[c]! * factor[c]!) };
}

/** Which output channel each number of a kernel is for. */
function kernelChannels({ operation, inputShapes, shape }: Node): (index: number) => number {
  const channels = channelsOf(shape);
  if (operation.kind !== 'transposedConv') return (index) => index % channels;
  // [h, w, filters / groups, in]: a group's filters for a group's input channels
  const inChannels = channelsOf(inputShapes[0]!);
  const filters = channels / operation.groups;
  return (index) => {
    const group = Math.floor(((index % inChannels) * operation.groups) / inChannels);
    return group * filters + (Math.floor(index / inChannels) % filters);
  };
}
