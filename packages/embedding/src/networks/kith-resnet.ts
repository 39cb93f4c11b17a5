import { l2Normalize, type Network, network } from '@kith/network';
import { dlibResnet29 } from '../dlib-resnet29.ts';

/** dlib's ResNet with embeddings of length 1, which is how it is fine-tuned: its own rows, so that its own weights fit. */
export const kithResnet: Network = network('kith-resnet', { input: dlibResnet29.input }, [
  ...dlibResnet29.rows,
  l2Normalize('embedding'),
]);
