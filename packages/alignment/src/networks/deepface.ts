import { activation, conv, dense, dropout, locallyConnected, maxPool, type Network, network } from '@kith/network';

export interface DeepfaceOptions {
  /** People that it is trained to tell apart. */
  readonly classes?: number;
  /** Side in px of the faces it takes. */
  readonly sidePx?: number;
  /** Maps of C1, C3, L4, L5 and L6. */
  readonly maps?: DeepfaceSizes;
  /** Sides in px of the kernels of C1, C3, L4, L5 and L6. */
  readonly kernels?: DeepfaceSizes;
  /** Length of F7's features. */
  readonly features?: number;
}

/** A number each for C1, C3, L4, L5 and L6. */
export type DeepfaceSizes = readonly [c1: number, c3: number, l4: number, l5: number, l6: number];

/**
 * DeepFace's net for frontalized faces; `F7` is the embedding. By its defaults the paper's; with fewer maps and a smaller side, the same
 * table at less cost.
 *
 * @see Taigman et al., DeepFace, CVPR 2014, §3.
 */
export function deepfaceOf({
  classes = 4030,
  sidePx = 152,
  maps = [32, 16, 16, 16, 16],
  kernels = [11, 9, 9, 7, 5],
  features = 4096,
}: DeepfaceOptions = {}): Network {
  const [c1, c3, l4, l5, l6] = maps;
  return network(
    [sidePx, ...maps, ...kernels, features].join() === '152,32,16,16,16,16,11,9,9,7,5,4096'
      ? 'deepface'
      : `deepface-${sidePx}-${features}`,
    {
      input: [sidePx, sidePx, 3],
      note: 'The total counts kernels and biases, of locally connected layers one bias a place. L5 has stride 2, as its size demands.',
    },
    [
      conv('C1', c1, { kernel: kernels[0], padding: 'valid', activation: 'relu' }),
      maxPool('M2', { kernel: 3, stride: 2 }),
      conv('C3', c3, { kernel: kernels[1], padding: 'valid', activation: 'relu' }),
      locallyConnected('L4', l4, { kernel: kernels[2], activation: 'relu' }),
      locallyConnected('L5', l5, { kernel: kernels[3], stride: 2, activation: 'relu' }),
      locallyConnected('L6', l6, { kernel: kernels[4], activation: 'relu' }),
      dense('F7', features, { activation: 'relu' }),
      dropout('dropout', 0.5),
      dense('F8', classes),
      activation('softmax', 'softmax'),
    ],
  );
}

/** DeepFace as trained on 4,030 people. */
export const deepface = deepfaceOf();

/**
 * DeepFace at half the side and with about half the sides of kernels, so that each layer sees as much of the face, and fewer maps: to be
 * trained in minutes on a processor.
 */
export function smallDeepface({
  classes,
  sidePx = 76,
}: Pick<DeepfaceOptions, 'sidePx'> & { readonly classes: number }): Network {
  return deepfaceOf({ classes, sidePx, maps: [16, 16, 8, 8, 8], kernels: [5, 5, 5, 3, 3], features: 256 });
}
