import { type Embedding, type Image, identityAffine } from '@kith/core';
import { openRecognizer } from '@kith/pipeline';
import type { Teacher } from './data/teach.ts';

/** Networks that others trained, by the names of kith's models. */
export type TeacherName = 'dlib-resnet' | 'dlib-resnet-int8';

/** Open a teacher; it looks at each face as it is and in a mirror. */
export async function openTeacher(name: TeacherName): Promise<Teacher & { close(): Promise<void> }> {
  const recognizer = await openRecognizer({ model: name });
  const { model } = recognizer;
  return {
    name,
    dimension: model.space.dimension,
    embed: (faces: readonly Image[]): Promise<readonly Embedding[]> =>
      model.embed(faces.map((image) => ({ image, toImage: identityAffine }))),
    close: () => recognizer.close(),
  };
}
