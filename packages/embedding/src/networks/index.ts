import type { Network } from '@kith/network';
import { type KithInceptionOptions, kithInception, kithInceptionOf } from './kith-inception.ts';
import { kithResnet } from './kith-resnet.ts';
import { type KithSmallOptions, kithSmall, kithSmallOf } from './kith-small.ts';
import { nn1 } from './nn1.ts';
import { nn2, nn3, nn4 } from './nn2.ts';
import { nn4Small2, nn4Small2V1 } from './nn4-small2.ts';
import { nns1, nns2 } from './nns.ts';

export {
  type KithInceptionOptions,
  type KithSmallOptions,
  kithInception,
  kithInceptionOf,
  kithResnet,
  kithSmall,
  kithSmallOf,
  nn1,
  nn2,
  nn3,
  nn4,
  nn4Small2,
  nn4Small2V1,
  nns1,
  nns2,
};

/** The networks of FaceNet and of OpenFace after it. */
export const faceNetNetworks: readonly Network[] = [nn1, nn2, nn3, nn4, nns1, nns2, nn4Small2, nn4Small2V1];
