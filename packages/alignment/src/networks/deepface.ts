import { activation, conv, dense, dropout, locallyConnected, maxPool, type Network, network } from '@kith/network';

export interface DeepfaceOptions {
  /** People that it is trained to tell apart. */
  readonly classes?: number;
}

/**
 * DeepFace's net for frontalized faces; `F7` is the embedding.
 *
 * @see Taigman et al., DeepFace, CVPR 2014, §3.
 */
export function deepfaceOf({ classes = 4030 }: DeepfaceOptions = {}): Network {
  return network(
    'deepface',
    {
      input: [152, 152, 3],
      note: 'The total counts kernels and biases, of locally connected layers one bias a place. L5 has stride 2, as its size demands.',
    },
    [
      conv('C1', 32, { kernel: 11, padding: 'valid', activation: 'relu' }),
      maxPool('M2', { kernel: 3, stride: 2 }),
      conv('C3', 16, { kernel: 9, padding: 'valid', activation: 'relu' }),
      locallyConnected('L4', 16, { kernel: 9, activation: 'relu' }),
      locallyConnected('L5', 16, { kernel: 7, stride: 2, activation: 'relu' }),
      locallyConnected('L6', 16, { kernel: 5, activation: 'relu' }),
      dense('F7', 4096, { activation: 'relu' }),
      dropout('dropout', 0.5),
      dense('F8', classes),
      activation('softmax', 'softmax'),
    ],
  );
}

/** DeepFace as trained on 4,030 people. */
export const deepface = deepfaceOf();
