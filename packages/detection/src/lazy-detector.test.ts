import { createImage } from '@kith/core';
import { expect, test } from 'vitest';
import { lazyDetector } from './lazy-detector.ts';

const image = createImage({ width: 4, height: 4 });

test('a detector opens with its first image, once, and again only after it failed', async () => {
  let opened = 0;
  const lazy = lazyDetector('one', async () => {
    opened++;
    if (opened === 1) throw new Error('not yet');
    return { name: 'one', detect: async () => [] };
  });
  expect(opened).toBe(0);
  await expect(Promise.all([lazy.detect(image), lazy.detect(image)])).rejects.toThrow('not yet');
  expect(opened).toBe(1);
  expect(await Promise.all([lazy.detect(image), lazy.detect(image)])).toEqual([[], []]);
  expect(opened).toBe(2);
});
