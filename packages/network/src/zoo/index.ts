import type { Network } from '../network.ts';
import { inceptionResNetV1 } from './inception-resnet-v1.ts';
import { inceptionResNetV2 } from './inception-resnet-v2.ts';
import { inceptionV1 } from './inception-v1.ts';
import { inceptionV2 } from './inception-v2.ts';
import { inceptionV3 } from './inception-v3.ts';
import { inceptionV4 } from './inception-v4.ts';
import { mobilefacenet } from './mobilefacenet.ts';
import { mobilenet } from './mobilenet.ts';
import { nin } from './nin.ts';
import { shufflenet } from './shufflenet.ts';
import { squeezenet10, squeezenet11 } from './squeezenet.ts';

export { inceptionResNetV1, inceptionResNetV1Of } from './inception-resnet-v1.ts';
export { inceptionResNetV2 } from './inception-resnet-v2.ts';
export { inceptionV1, inceptionV1Auxiliary } from './inception-v1.ts';
export { inceptionV2 } from './inception-v2.ts';
export { inceptionV3 } from './inception-v3.ts';
export { inceptionV4 } from './inception-v4.ts';
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

/** The general networks. */
export const zoo: readonly Network[] = [
  nin,
  inceptionV1,
  inceptionV2,
  inceptionV3,
  inceptionV4,
  inceptionResNetV1,
  inceptionResNetV2,
  squeezenet10,
  squeezenet11,
  mobilenet,
  shufflenet,
  mobilefacenet,
];
