import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom, gaussian, l2Normalize } from '@kith/core';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CachedPhoto, openEmbeddingCache } from './embedding-cache.ts';

const space = { model: 'net-1', preprocessing: 'chip/2', dimension: 8 };
const random = createRandom(1);

const detector = 'one(0.5)';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kith-cache-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function photo(faces: number): CachedPhoto {
  const face = {
    box: { xMin: 1.5, yMin: 2, xMax: 30, yMax: 40.25 },
    yawDegrees: -12.5,
    embedding: l2Normalize(Array.from({ length: space.dimension }, () => gaussian(random))),
  };
  return { width: 250, height: 250, faces, face: faces > 0 ? face : null, seconds: 0.125 };
}

function fill(count: number): { readonly file: string; readonly photos: readonly CachedPhoto[] } {
  const cache = openEmbeddingCache(folder, { space, detector });
  const photos = Array.from({ length: count }, (_, k) => photo(k % 3));
  for (const [k, each] of photos.entries()) cache.add(`hash${k}`, each);
  cache.close();
  return { file: cache.file, photos };
}

test('what was added is there after opening again, photos without a face too', () => {
  const { photos } = fill(7);
  const cache = openEmbeddingCache(folder, { space, detector });
  photos.forEach((each, k) => {
    const found = cache.find(`hash${k}`)!;
    expect({ ...found, face: null }).toEqual({ ...each, face: null });
    expect(found.face?.box).toEqual(each.face?.box);
    each.face?.embedding.forEach((value, at) => {
      expect(found.face!.embedding[at]).toBeCloseTo(value, 6);
    });
  });
  expect(cache.find('hash7')).toBeUndefined();
  cache.close();
});

test.each([
  ['space', { space: { ...space, preprocessing: 'chip/3' }, detector }],
  ['detector', { space, detector: 'another' }],
])('another %s has a cache of its own', (_, key) => {
  fill(1);
  const other = openEmbeddingCache(folder, key);
  expect(other.find('hash0')).toBeUndefined();
  other.close();
});

test('cut at any byte, as a kill leaves it, every whole line is still there and new ones can be added', () => {
  const { file } = fill(6);
  const whole = readFileSync(file);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: whole.length }), (bytes) => {
      const left = whole.subarray(0, bytes);
      writeFileSync(file, left);
      // a line cut just before its end is whole
      const lines = left
        .toString()
        .split('\n')
        .filter((line) => line.endsWith('}') && isJson(line)).length;
      const cache = openEmbeddingCache(folder, { space, detector });
      for (let k = 0; k < 6; k++) expect(cache.find(`hash${k}`) !== undefined).toBe(k < lines);
      cache.add('later', photo(1));
      cache.close();
      const again = openEmbeddingCache(folder, { space, detector });
      expect(again.find('later')).toBeDefined();
      for (let k = 0; k < lines; k++) expect(again.find(`hash${k}`)).toBeDefined();
      again.close();
    }),
    { numRuns: 60 },
  );
});

test('a line of another embedding length is not taken', () => {
  const { file } = fill(2);
  appendFileSync(
    file,
    `${readFileSync(file, 'utf8')
      .split('\n')[1]!
      .replace('hash1', 'odd')
      .replace(/"embedding":"..../, '"embedding":"')}\n`,
  );
  const cache = openEmbeddingCache(folder, { space, detector });
  expect(cache.find('odd')).toBeUndefined();
  expect(cache.find('hash1')).toBeDefined();
  cache.close();
});

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
