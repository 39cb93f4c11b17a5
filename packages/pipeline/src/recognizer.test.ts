import { expect, test } from 'vitest';
import { encodePhoto, syntheticFace } from '../../../datasets/synthetic-face.ts';
import { openRecognizer } from './recognizer.ts';

test('bytes and pixels of one photo are one face, and closing one recogniser leaves another at work', async () => {
  const image = syntheticFace({ identity: 0, size: 160 });
  const [one, other] = [await openRecognizer(), await openRecognizer()];
  const fromBytes = await one.face(await encodePhoto(image, { format: 'png' }));
  await one.close();
  await one.close();
  const fromPixels = await other.face(image);
  await other.close();
  expect(fromPixels.box).toEqual(fromBytes.box);
  expect([...fromPixels.embedding]).toEqual([...fromBytes.embedding]);
});
