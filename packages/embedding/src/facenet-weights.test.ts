import { count, elementsOf, layOut, parameters, type WeightTensor } from '@kith/network';
import { describe, expect, test } from 'vitest';
import { facenetInceptionResnetV1 } from './facenet.ts';
import { facenetWeights } from './facenet-weights.ts';

type Row = readonly [name: string, filters: number, height: number, width: number, channels: number];

/** The towers of a block as the paper's figures draw them, TF-Slim's names before them. */
const block35: readonly Row[] = [
  ['Branch_0_Conv2d_1x1', 32, 1, 1, 256],
  ['Branch_1_Conv2d_0a_1x1', 32, 1, 1, 256],
  ['Branch_1_Conv2d_0b_3x3', 32, 3, 3, 32],
  ['Branch_2_Conv2d_0a_1x1', 32, 1, 1, 256],
  ['Branch_2_Conv2d_0b_3x3', 32, 3, 3, 32],
  ['Branch_2_Conv2d_0c_3x3', 32, 3, 3, 32],
  ['Conv2d_1x1', 256, 1, 1, 96],
];
const block17: readonly Row[] = [
  ['Branch_0_Conv2d_1x1', 128, 1, 1, 896],
  ['Branch_1_Conv2d_0a_1x1', 128, 1, 1, 896],
  ['Branch_1_Conv2d_0b_1x7', 128, 1, 7, 128],
  ['Branch_1_Conv2d_0c_7x1', 128, 7, 1, 128],
  ['Conv2d_1x1', 896, 1, 1, 256],
];
const block8: readonly Row[] = [
  ['Branch_0_Conv2d_1x1', 192, 1, 1, 1792],
  ['Branch_1_Conv2d_0a_1x1', 192, 1, 1, 1792],
  ['Branch_1_Conv2d_0b_1x3', 192, 1, 3, 192],
  ['Branch_1_Conv2d_0c_3x1', 192, 3, 1, 192],
  ['Conv2d_1x1', 1792, 1, 1, 384],
];
const repeated = (name: string, times: number, rows: readonly Row[]) =>
  Array.from({ length: times }, (_, i) =>
    rows.map(([part, ...size]): Row => [`${name}_${i + 1}_${part}`, ...size]),
  ).flat();
const all: readonly Row[] = [
  ['Conv2d_1a_3x3', 32, 3, 3, 3],
  ['Conv2d_2a_3x3', 32, 3, 3, 32],
  ['Conv2d_2b_3x3', 64, 3, 3, 32],
  ['Conv2d_3b_1x1', 80, 1, 1, 64],
  ['Conv2d_4a_3x3', 192, 3, 3, 80],
  ['Conv2d_4b_3x3', 256, 3, 3, 192],
  ...repeated('Block35', 5, block35),
  ['Mixed_6a_Branch_0_Conv2d_1a_3x3', 384, 3, 3, 256],
  ['Mixed_6a_Branch_1_Conv2d_0a_1x1', 192, 1, 1, 256],
  ['Mixed_6a_Branch_1_Conv2d_0b_3x3', 192, 3, 3, 192],
  ['Mixed_6a_Branch_1_Conv2d_1a_3x3', 256, 3, 3, 192],
  ...repeated('Block17', 10, block17),
  ['Mixed_7a_Branch_0_Conv2d_0a_1x1', 256, 1, 1, 896],
  ['Mixed_7a_Branch_0_Conv2d_1a_3x3', 384, 3, 3, 256],
  ['Mixed_7a_Branch_1_Conv2d_0a_1x1', 256, 1, 1, 896],
  ['Mixed_7a_Branch_1_Conv2d_1a_3x3', 256, 3, 3, 256],
  ['Mixed_7a_Branch_2_Conv2d_0a_1x1', 256, 1, 1, 896],
  ['Mixed_7a_Branch_2_Conv2d_0b_3x3', 256, 3, 3, 256],
  ['Mixed_7a_Branch_2_Conv2d_1a_3x3', 256, 3, 3, 256],
  ...repeated('Block8', 6, block8),
];

/** Tensors of the published shapes; every number tells its place. */
function published(): Map<string, WeightTensor> {
  const numbered = (shape: readonly number[]): WeightTensor => {
    const data = new Float32Array(elementsOf(shape));
    for (let i = 0; i < data.length; i++) data[i] = i;
    return { shape, data };
  };
  const raw = new Map<string, WeightTensor>();
  for (const [name, filters, ...rest] of all) {
    raw.set(`${name}_kernel`, numbered([filters, ...rest]));
    raw.set(`${name}_Conv2D_bias`, numbered([filters]));
  }
  raw.set('Bottleneck_kernel_transpose', numbered([512, 1792]));
  return raw.set('Bottleneck_MatMul_bias', numbered([512]));
}

describe('FaceNet’s weights', () => {
  const raw = published();
  const weights = facenetWeights(raw);

  test('are 266 tensors of 23,467,824 numbers and fill every place of the table', () => {
    expect(raw.size).toBe(266);
    expect(count(facenetInceptionResnetV1).parameters).toBe(23_467_824);
    const wanted = parameters(layOut(facenetInceptionResnetV1));
    expect(weights.size).toBe(266);
    for (const { name, shape } of wanted) expect(weights.get(name)!.shape).toEqual(shape);
  });

  test('come with filters last', () => {
    const { data } = weights.get('b-3/sum/mixed/b2/kernel')!;
    // stored at [f, 0, x, c], wanted at [0, x, c, f]
    for (const [f, x, c] of [
      [0, 0, 1],
      [5, 6, 7],
      [127, 3, 0],
    ] as const) {
      expect(data[(x * 128 + c) * 128 + f]).toBe((f * 7 + x) * 128 + c);
    }
    expect(weights.get('bottleneck/kernel')!.data[3 * 512 + 2]).toBe(2 * 1792 + 3);
  });

  test.each([
    ['a-5', 'Block35_5', 0.17],
    ['b-10', 'Block17_10', 0.1],
    ['c-5', 'Block8_5', 0.2],
    ['c-6', 'Block8_6', 1],
  ])('%s has its residual’s scale taken out', (ours, theirs, scale) => {
    const bias = raw.get(`${theirs}_Conv2d_1x1_Conv2D_bias`)!.data;
    const [kernel, scaled] = ['kernel', 'bias'].map((part) => weights.get(`${ours}/sum/up/${part}`)!);
    expect(scaled!.data[9]! * scale).toBeCloseTo(bias[9]!, 4);
    // the first filter's second channel
    expect(kernel!.data[kernel!.shape[3]!]! * scale).toBeCloseTo(1, 6);
  });

  test('are refused when one is missing, too many or of another shape', () => {
    const changed = (change: (raw: Map<string, WeightTensor>) => void) => {
      const copy = new Map(raw);
      change(copy);
      return () => facenetWeights(copy);
    };
    const refusal = (message: string) =>
      expect.objectContaining({ code: 'WEIGHTS_MISMATCH', message: expect.stringContaining(message) });
    const wide = { shape: [128, 7, 1, 128], data: new Float32Array(128 * 7 * 128) };
    expect(changed((copy) => copy.delete('Conv2d_1a_3x3_kernel'))).toThrow(refusal('lack Conv2d_1a_3x3_kernel'));
    expect(changed((copy) => copy.set('Logits_kernel', wide))).toThrow(refusal('no place for Logits_kernel'));
    expect(changed((copy) => copy.set('Block17_2_Branch_1_Conv2d_0b_1x7_kernel', wide))).toThrow(
      refusal('b-2/sum/mixed/b2/kernel is 7×1×128×128, expected 1×7×128×128'),
    );
  });
});
