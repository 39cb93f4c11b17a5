import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { encodePhoto, syntheticFace } from '../../../datasets/synthetic-face.ts';
import { openGallery } from './open-gallery.ts';

const folder = mkdtempSync(join(tmpdir(), 'kith-gallery-'));
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test('a gallery whose model could not be loaded loads it when it is asked again', async () => {
  const gallery = await openGallery(folder);
  const photo = await encodePhoto(syntheticFace({ identity: 1 }));
  vi.stubEnv('KITH_RUNTIME', 'none');
  await expect(gallery.enroll('ada', photo)).rejects.toMatchObject({ code: 'USAGE' });
  vi.unstubAllEnvs();
  expect(await gallery.enroll('ada', photo)).toMatchObject({ status: 'enrolled' });
  await gallery.close();
});
