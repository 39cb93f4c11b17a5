import { count, initialWeights, type WeightTensor } from '@kith/network';
import { describe, expect, test } from 'vitest';
import { dlibResnet29 } from './dlib-resnet29.ts';
import { dlibResnet29Weights } from './dlib-resnet29-weights.ts';

describe('dlib-resnet29', () => {
  const counted = count(dlibResnet29);
  const stage = (...names: string[]) =>
    counted.rows
      .filter(({ name }) => names.includes(name.split('.')[0]!))
      .reduce((sum, row) => sum + row.parameters, 0);

  test('has the published number of parameters, stage by stage', () => {
    expect(counted.parameters).toBe(5_614_592);
    // 4,736 without the affine layer's 64
    expect(stage('conv32')).toBe(4736 + 64);
    expect(stage('res32')).toBe(55_872);
    expect(stage('down64', 'res64')).toBe(278_016);
    expect(stage('down128', 'res128')).toBe(813_312);
    expect(stage('down256', 'res256')).toBe(3_248_640 + 1_181_184);
    expect(stage('fc')).toBe(32_768);
  });

  test('has the sizes of dlib, where only convolutions of stride 1 are padded', () => {
    const sizes = Object.fromEntries(counted.rows.map(({ name, output }) => [name, output.join('×')]));
    expect(sizes).toMatchObject({
      conv32: '72×72×32',
      pool: '35×35×32',
      'res32.3': '35×35×32',
      down64: '17×17×64',
      down128: '8×8×128',
      'down256.1': '4×4×256',
      'down256.2': '2×2×256',
      fc: '1×1×128',
    });
  });

  test('has 29 convolutions', () => {
    expect([...initialWeights(dlibResnet29).values()].filter(({ shape }) => shape.length === 4)).toHaveLength(29);
  });
});

describe('its weights by face-api’s names', () => {
  test('fill every parameter, the first kernel scaled for the other division of pixels', () => {
    const anything = { get: (): WeightTensor => ({ shape: [1], data: Float32Array.of(255) }) };
    const weights = dlibResnet29Weights(anything as unknown as ReadonlyMap<string, WeightTensor>);
    expect([...weights.keys()].sort()).toEqual([...initialWeights(dlibResnet29).keys()].sort());
    expect(weights.get('conv32/conv/kernel')!.data[0]).toBe(256);
    expect(weights.get('res32.1/sum/conv1/kernel')!.data[0]).toBe(255);
  });

  test('are refused when one is missing', () => {
    expect(() => dlibResnet29Weights(new Map())).toThrow(expect.objectContaining({ code: 'WEIGHTS_MISMATCH' }));
  });
});
