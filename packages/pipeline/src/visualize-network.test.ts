import { createImage } from '@kith/core';
import { conv, network, relu } from '@kith/network';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { visualizeNetwork } from './visualize-network.ts';

/** A unit that is as strong as the red of its place. */
const red = {
  network: network('red', { input: [8, 8, 3] }, [conv('look', 1, { kernel: 1, bias: false, activation: 'relu' })]),
  weights: new Map([['look/kernel', { shape: [1, 1, 3, 1], data: Float32Array.of(1, 0, 0) }]]),
};

/** Black, with one red pixel. */
function photoOf(size: { readonly width: number; readonly height: number }, [x, y]: readonly [number, number]) {
  const photo = createImage(size);
  photo.data[(y * size.width + x) * 3] = 255;
  return photo;
}

describe('visualizeNetwork', () => {
  test('shows the whole photo in the middle, in −1 to 1', async () => {
    const { units, layer, png } = await visualizeNetwork(red, photoOf({ width: 8, height: 4 }, [6, 1]));
    expect(layer).toBe('look');
    // two black rows above
    expect(units).toMatchObject([{ unit: 0, place: [3, 6], field: { top: 3, right: 7, bottom: 4, left: 6 } }]);
    expect(units[0]!.activation).toBeCloseTo(1, 5);
    expect((await sharp(png).metadata()).format).toBe('png');
  });

  test('shrinks a large photo', async () => {
    const large = createImage({ width: 64, height: 64 });
    for (let i = 0; i < 64 * 64; i++) if (i % 64 >= 48 && i < 64 * 8) large.data[3 * i] = 255;
    const { units } = await visualizeNetwork(red, large);
    expect([0, 1]).toContain(units[0]!.place[0]);
    expect([6, 7]).toContain(units[0]!.place[1]);
  });

  test.each([[[7]], [[8, 8, 2]], [[100_000, 100_000, 3]]] as const)(
    'refuses a network that takes %j',
    async (input) => {
      const model = { network: network('list', { input }, [relu('r')]), weights: new Map() };
      await expect(visualizeNetwork(model, createImage({ width: 8, height: 8 }))).rejects.toMatchObject({
        code: 'USAGE',
      });
    },
  );
});
