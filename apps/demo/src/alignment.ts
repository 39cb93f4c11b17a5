import { alignmentSteps, decodeImage, drawAlignmentSteps, type Recognizer, readPhoto } from '@kith/pipeline';
import type { DemoPhoto } from './photos.ts';

/** Draw DeepFace's alignment of the largest face of a photo, step by step. */
export async function drawAlignmentOf({ path }: DemoPhoto, { align, model }: Recognizer): Promise<Uint8Array> {
  const image = await decodeImage(await readPhoto(path));
  const face = await align(image, { largest: true });
  return drawAlignmentSteps(image, face, await alignmentSteps(image, face, { locate: model.locate }));
}
