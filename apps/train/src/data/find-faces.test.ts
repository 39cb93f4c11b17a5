import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EmbeddingSpace } from '@kith/core';
import type { Recognizer } from '@kith/pipeline';
import { expect, test } from 'vitest';
import { findFaces } from './find-faces.ts';

test('what another model kept is refused, and what the same one kept is taken', async () => {
  const cache = mkdtempSync(join(tmpdir(), 'kith-find-'));
  const find = (model: string) => {
    const space: EmbeddingSpace = { model, preprocessing: 'p', dimension: 2 };
    const { signal } = new AbortController();
    const options = { folder: 'photos', paths: [], cache, label: 'faces', signal };
    return findFaces({ model: { space } } as unknown as Recognizer, options);
  };
  try {
    const nobody = { faces: [], withoutFace: 0, unreadable: [] };
    expect(await find('one')).toEqual(nobody);
    expect(await find('one')).toEqual(nobody);
    await expect(find('other')).rejects.toMatchObject({
      code: 'SPACE_MISMATCH',
      message: expect.stringMatching(/embeddings of .*one.*, got .*other.*--cache/),
    });
  } finally {
    rmSync(cache, { recursive: true });
  }
});
