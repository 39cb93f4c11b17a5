import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/**
 * Load the three nets of face-api's README from its own package.
 *
 * @param faceApi One of face-api's builds, its backend ready.
 * @returns Function of a pixel tensor, which it disposes of: number of faces found and embedded.
 */
export async function prepareFaceApi(faceApi) {
  const folder = join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'model');
  const { ssdMobilenetv1, faceLandmark68Net, faceRecognitionNet } = faceApi.nets;
  for (const net of [ssdMobilenetv1, faceLandmark68Net, faceRecognitionNet]) await net.loadFromDisk(folder);
  const options = new faceApi.SsdMobilenetv1Options({ minConfidence: 0.5 });
  return async (tensor) => {
    try {
      return (await faceApi.detectAllFaces(tensor, options).withFaceLandmarks().withFaceDescriptors()).length;
    } finally {
      tensor.dispose();
    }
  };
}
