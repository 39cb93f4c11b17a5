import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decodeHeic } from './heic.ts';

const heic = readFileSync(new URL('../../../../test/golden/quadrants.heic', import.meta.url));

test('the cap holds for the size that is decoded, whatever the header says', async () => {
  const pixels = 64 * 48;
  expect(await decodeHeic(heic, { maxPixels: pixels })).toMatchObject({ width: 64, height: 48 });
  await expect(decodeHeic(heic, { maxPixels: pixels - 1 })).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE' });
});
