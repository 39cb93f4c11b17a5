export { inceptionResNetV1, inceptionResNetV1Of } from './inception-resnet-v1.ts';
export { inceptionV1, inceptionV1Auxiliary } from './inception-v1.ts';
export { inceptionV2 } from './inception-v2.ts';
export { type MobilefacenetOptions, mobilefacenet, mobilefacenetOf } from './mobilefacenet.ts';
export { type MobilenetOptions, mobilenet, mobilenetOf } from './mobilenet.ts';
export { nin } from './nin.ts';
export {
  type ShuffleGroups,
  type ShufflenetOptions,
  type ShuffleScale,
  shufflenet,
  shufflenetOf,
} from './shufflenet.ts';
export { squeezenet10, squeezenet11 } from './squeezenet.ts';
