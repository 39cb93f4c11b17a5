import { expect, test } from 'vitest';
import { loadBackend } from './backend.ts';

test('a backend that would not load can be asked for again; one that is loaded has one name', async () => {
  const { dlopen } = process;
  process.dlopen = () => {
    throw new Error('no native add-on loads');
  };
  try {
    const attempts = await Promise.allSettled([
      loadBackend({ backend: 'tensorflow' }),
      loadBackend({ backend: 'tensorflow' }),
    ]);
    for (const attempt of attempts) expect(attempt).toMatchObject({ reason: { code: 'RUNTIME_UNAVAILABLE' } });
  } finally {
    process.dlopen = dlopen;
  }
  const loaded = await loadBackend({ backend: 'auto' });
  expect(await loadBackend({ backend: loaded.name })).toBe(loaded);
  expect(await loadBackend({ backend: 'auto' })).toBe(loaded);
  const other = loaded.name === 'wasm' ? 'tensorflow' : 'wasm';
  await expect(loadBackend({ backend: other })).rejects.toMatchObject({ code: 'USAGE' });
});
