import { inceptionResNetV1, type Layer, type Network } from '@kith/network';

/**
 * FaceNet as davidsandberg trained it: Inception-ResNet V1 to 512 dimensions, its norms folded into the convolutions' biases. Pixels
 * 0–255, RGB, go in; a unit vector comes out.
 *
 * @see Szegedy et al., Inception-v4, Inception-ResNet and the Impact of Residual Connections on Learning, 2016, figures 10–14.
 */
export const facenetInceptionResnetV1: Network = {
  ...inceptionResNetV1,
  name: 'facenet-inception-resnet-v1',
  note: 'norms are folded into the biases, which count',
  rows: inceptionResNetV1.rows.flatMap(withoutNorms),
};

/** The layers with a bias where a norm was. */
function withoutNorms(layer: Layer): readonly Layer[] {
  if ('layers' in layer) return [{ ...layer, layers: layer.layers.flatMap(withoutNorms) }];
  if ('branches' in layer) {
    return [{ ...layer, branches: layer.branches.map((branch) => branch.flatMap(withoutNorms)) }];
  }
  const { operation } = layer;
  if (operation.kind === 'batchNorm') return [];
  const isLinear = operation.kind === 'conv' || operation.kind === 'dense';
  return [isLinear ? { ...layer, operation: { ...operation, bias: true } } : layer];
}
