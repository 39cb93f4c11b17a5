import { type FaceApi, loadBackend, type Net } from '../backend.ts';

/** face-api with the nets kith uses loaded, until released. */
export interface FaceApiNets {
  readonly faceApi: FaceApi;
  /** Give the nets up; the last holder's release frees them. A second call does nothing. */
  release(): void;
}

/** A process has one set of face-api's nets: its load, and how many hold or await it. */
let loading: Promise<FaceApi> | undefined;
let holders = 0;

/** Load face-api's nets from a folder of weights, or share those that this process has or is loading. */
export async function holdFaceApiNets(folder: string): Promise<FaceApiNets> {
  // counted before the wait, so that a release meanwhile cannot free what is about to be used
  holders++;
  try {
    loading ??= loadNets(folder);
    const faceApi = await loading;
    let isReleased = false;
    return {
      faceApi,
      release() {
        if (isReleased) return;
        isReleased = true;
        giveUp(faceApi);
      },
    };
  } catch (error) {
    holders--;
    throw error;
  }
}

async function loadNets(folder: string): Promise<FaceApi> {
  let faceApi: FaceApi | undefined;
  try {
    ({ faceApi } = await loadBackend());
    for (const net of usedNets(faceApi)) await net.loadFromDisk(folder);
    return faceApi;
  } catch (error) {
    loading = undefined;
    if (faceApi) disposeNets(faceApi);
    throw error;
  }
}

function giveUp(faceApi: FaceApi): void {
  holders--;
  if (holders > 0) return;
  loading = undefined;
  disposeNets(faceApi);
}

function disposeNets(faceApi: FaceApi): void {
  for (const net of usedNets(faceApi)) if (net.isLoaded) net.dispose();
}

function usedNets({ nets }: FaceApi): readonly Net[] {
  return [nets.tinyFaceDetector, nets.ssdMobilenetv1, nets.faceLandmark68Net, nets.faceRecognitionNet];
}
