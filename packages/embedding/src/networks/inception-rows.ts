import { type InceptionOptions, inception as inceptionBlock, type Layer } from '@kith/network';

/** What follows each convolution of FaceNet's Inception networks. */
export const follow = { norm: {}, activation: 'relu' } as const;

/** Their pools between stages. */
export const halving = { kernel: 3, stride: 2, padding: 1 } as const;

export const note = 'convolutions with bias and batch norm γβ; running statistics not counted';

export function inception(name: string, options: InceptionOptions): Layer {
  return inceptionBlock(name, { norm: {}, ...options });
}
