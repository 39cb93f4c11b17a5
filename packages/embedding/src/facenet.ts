import { foldedNetwork, inceptionResNetV1, type Network } from '@kith/network';

/**
 * FaceNet as davidsandberg trained it: Inception-ResNet V1 to 512 dimensions, its norms folded into the convolutions' biases. Pixels
 * 0–255, RGB, go in; a unit vector comes out.
 *
 * @see Szegedy et al., Inception-v4, Inception-ResNet and the Impact of Residual Connections on Learning, 2016, figures 10–14.
 */
export const facenetInceptionResnetV1: Network = {
  ...foldedNetwork(inceptionResNetV1),
  name: 'facenet-inception-resnet-v1',
  note: 'norms are folded into the biases, which count',
};
