import type { Detector, LandmarkDetector } from '@kith/core';
import {
  cascade,
  faceApiLandmarks,
  faceApiSsd,
  faceApiTiny,
  type LandmarkLooks,
  landmarkDetector,
  lazyDetector,
  padded,
  ssdDetector,
  tinyDetector,
} from '@kith/detection';
import type { Runtime } from '@kith/network';
import { bundledNets, readBundledWeights } from './bundled-weights.ts';

/** What finds faces and their landmarks, whatever model recognises them. */
export interface FaceFinder {
  readonly detector: Detector;
  readonly landmarks: LandmarkDetector;
}

/** A third look, in a mirror, costs a millisecond a face and gains less than the ablation can tell. */
const looks: LandmarkLooks = 'upright';

/** How landmarks are found. Whatever moves them changes embeddings, so it belongs into the hash of a model's space. */
export const landmarkPreprocessing = [bundledNets['face-api-landmarks'].sha256, `looks ${looks}`];

/** Open face-api's detectors, cheapest first, and its landmark net. Detectors that are seldom asked load when they are. */
export async function openFaceFinder(runtime: Runtime): Promise<FaceFinder> {
  const [tiny, landmarks] = await Promise.all([
    openTiny(runtime, 192),
    readBundledWeights('face-api-landmarks').then((weights) => runtime.load({ network: faceApiLandmarks, weights })),
  ]);
  const tinyAt = (sidePx: number) => lazyDetector(`tiny${sidePx}`, () => openTiny(runtime, sidePx));
  const ssd = lazyDetector('ssd', async () => {
    const weights = await readBundledWeights('face-api-ssd');
    return ssdDetector(await runtime.load({ network: faceApiSsd, weights }));
  });
  return {
    detector: cascade([
      { detector: tiny, smallestFaceShare: 0.25 },
      { detector: tinyAt(320), smallestFaceShare: 0.2 },
      { detector: tinyAt(640), smallestFaceShare: 0.06 },
      { detector: ssd },
      { detector: padded(ssd) },
      { detector: padded(tinyAt(416)) },
    ]),
    landmarks: landmarkDetector(landmarks, { looks }),
  };
}

async function openTiny(runtime: Runtime, sidePx: number): Promise<Detector> {
  const weights = await readBundledWeights('face-api-tiny');
  return tinyDetector(await runtime.load({ network: faceApiTiny(sidePx), weights }), { sidePx });
}
