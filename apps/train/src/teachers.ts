import { createLandmarks, type Embedding, type Image, identityAffine } from '@kith/core';
import { openRecognizer } from '@kith/pipeline';
import type { Teacher } from './data/teach.ts';

/** Networks that others trained, by the names of kith's models; FaceNet's weights lie where `KITH_WEIGHTS` says. */
export type TeacherName = 'dlib-resnet' | 'dlib-resnet-int8' | 'facenet-inception-resnet-v1';

/** Teachers who take the chip as it is; the others cut a face of their own from it, by its landmarks. */
const seesChips: ReadonlySet<TeacherName> = new Set(['dlib-resnet', 'dlib-resnet-int8']);

const landmarkNumbers = 68 * 2;

/**
 * Open a teacher; it looks at each face as it is and in a mirror.
 *
 * @param landmarks - Of the faces that the rows are views of, px of the chip; views come face after face, then the second view of each.
 *   Shape `[faces, 68, 2]`.
 * @throws {FaceError} `WEIGHTS_CHECKSUM` where its weights are not at hand.
 */
export async function openTeacher(
  name: TeacherName,
  { landmarks }: { readonly landmarks: Float32Array },
): Promise<Teacher & { close(): Promise<void> }> {
  const recognizer = await openRecognizer({ model: name });
  const { model } = recognizer;
  const count = landmarks.length / landmarkNumbers;
  const ofRow = (row: number) => {
    const from = (row % count) * landmarkNumbers;
    return createLandmarks('ibug68', landmarks.slice(from, from + landmarkNumbers));
  };
  const aligned = (image: Image, row: number) =>
    seesChips.has(name) ? { image, toImage: identityAffine } : model.align(image, ofRow(row));
  return {
    name,
    dimension: model.space.dimension,
    embed: (faces: readonly Image[], rows: readonly number[]): Promise<readonly Embedding[]> =>
      model.embed(faces.map((image, i) => aligned(image, rows[i]!))),
    close: () => recognizer.close(),
  };
}
