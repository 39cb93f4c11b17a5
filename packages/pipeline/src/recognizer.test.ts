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

test('closing finishes what is in hand and takes no more; what is no photo is refused by code', async () => {
  const recognizer = await openRecognizer();
  const image = syntheticFace({ identity: 1, size: 120 });
  const usage = { code: 'USAGE' };
  await expect(recognizer.faces({ ...image, data: new Uint8Array(7) })).rejects.toMatchObject(usage);
  await expect(recognizer.faces({ ...image, width: Number.NaN })).rejects.toMatchObject(usage);
  await expect(recognizer.faces(null as never)).rejects.toMatchObject(usage);
  const inHand = Array.from({ length: 20 }, () => recognizer.faces(image));
  const closing = recognizer.close();
  await expect(recognizer.faces(image)).rejects.toMatchObject(usage);
  await closing;
  expect((await Promise.all(inHand)).map((faces) => faces.length)).toEqual(Array(20).fill(1));
  await recognizer.close();
});
