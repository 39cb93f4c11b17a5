export { type MobilefacenetOptions, mobilefacenet, mobilefacenetOf } from './mobilefacenet.ts';
export { type MobilenetOptions, mobilenet, mobilenetOf } from './mobilenet.ts';
export {
  type ShuffleGroups,
  type ShufflenetOptions,
  type ShuffleScale,
  shufflenet,
  shufflenetOf,
} from './shufflenet.ts';
export { squeezenet10, squeezenet11 } from './squeezenet.ts';
