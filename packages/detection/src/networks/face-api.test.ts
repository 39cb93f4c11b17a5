import { count, initialWeights, type Network, type WeightTensor } from '@kith/network';
import { describe, expect, test } from 'vitest';
import { faceApiLandmarks } from './face-api-landmarks.ts';
import { faceApiSsd, ssdBoxSize, ssdHeads } from './face-api-ssd.ts';
import { faceApiTiny } from './face-api-tiny.ts';
import { faceApiLandmarksWeights, faceApiSsdWeights, faceApiTinyWeights } from './face-api-weights.ts';

const sizes = (table: Network) =>
  Object.fromEntries(count(table).rows.map(({ name, output }) => [name, output.join('×')]));

describe('face-api-ssd', () => {
  test('reaches from 512 px down to one cell', () => {
    expect(sizes(faceApiSsd)).toMatchObject({
      conv0: '256×256×32',
      conv1: '256×256×64',
      conv3: '128×128×128',
      conv5: '64×64×256',
      conv11: '32×32×512',
      conv13: '16×16×1024',
      extra1: '8×8×512',
      extra3: '4×4×256',
      extra5: '2×2×256',
      extra7: '1×1×128',
    });
  });

  test('its heads read the maps that they name and give 5118 boxes', () => {
    const rows = sizes(faceApiSsd);
    ssdHeads.forEach(({ from, cells, anchors }, i) => {
      expect(rows[from]).toMatch(new RegExp(`^${cells}×${cells}×`));
      expect(rows[`boxes${i}`]).toBe(`${cells}×${cells}×${anchors * ssdBoxSize}`);
      expect(rows[`classes${i}`]).toBe(`${cells}×${cells}×${anchors * 3}`);
    });
    expect(ssdHeads.reduce((sum, { cells, anchors }) => sum + cells * cells * anchors, 0)).toBe(5118);
  });
});

describe('face-api-tiny', () => {
  test('has as many parameters as its file has numbers', () => {
    expect(count(faceApiTiny()).parameters).toBe(193_321);
  });

  test.each([
    [32, 1],
    [320, 10],
    [416, 13],
    [608, 19],
  ])('looks at %i px in %i cells a side', (sidePx, cells) => {
    expect(count(faceApiTiny(sidePx)).rows.at(-1)?.output).toEqual([cells, cells, 25]);
  });

  test.each([0, 33, 100, -32, 64.5, Number.NaN])('refuses a side of %s px', (sidePx) => {
    expect(() => faceApiTiny(sidePx)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});

test('face-api-landmarks halves its maps four times and has as many parameters as its file has numbers', () => {
  expect(count(faceApiLandmarks).parameters).toBe(356_840);
  expect(sizes(faceApiLandmarks)).toMatchObject({
    dense0: '56×56×32',
    dense1: '28×28×64',
    dense2: '14×14×128',
    dense3: '7×7×256',
    pool: '1×1×256',
    fc: '1×1×136',
  });
});

describe('weights by face-api’s names', () => {
  test.each([
    ['face-api-ssd', faceApiSsd, faceApiSsdWeights],
    ['face-api-tiny', faceApiTiny(), faceApiTinyWeights],
    ['face-api-landmarks', faceApiLandmarks, faceApiLandmarksWeights],
  ] as const)('fill every parameter of %s, each from a tensor of its own', (_, table, rename) => {
    const asked = new Map<string, WeightTensor>();
    const anything = { get: (name: string) => tensorOf(asked, name) } as ReadonlyMap<string, WeightTensor>;
    const names = [...rename(anything).keys()].sort();
    expect(names).toEqual([...initialWeights(table).keys()].sort());
    expect(asked.size).toBe(names.length);
  });

  test('are refused when one is missing', () => {
    expect(() => faceApiTinyWeights(new Map())).toThrow(
      expect.objectContaining({ code: 'WEIGHTS_MISMATCH', message: expect.stringContaining('conv0/filters') }),
    );
  });
});

function tensorOf(asked: Map<string, WeightTensor>, name: string): WeightTensor {
  const tensor = { shape: [], data: new Float32Array() };
  asked.set(name, tensor);
  return tensor;
}
