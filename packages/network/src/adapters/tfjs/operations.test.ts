import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  averagePool,
  conv,
  depthwise,
  type Layer,
  layOut,
  locallyConnected,
  lpPool,
  maxPool,
  type Network,
  network,
  type Padding,
  type Pair,
  transposedConv,
} from '../../index.ts';
import { buildModel, loadTensorFlow } from './index.ts';
import { expectClose, randomInputs, randomWeights } from './numbers.test-support.ts';
import { interpret } from './reference.test-support.ts';
import { tables } from './tables.test-support.ts';
import type { Tensor } from './tensorflow.ts';

const tf = await loadTensorFlow();

/** A model's answer to two inputs, and that of plain loops. */
function answers(table: Network, seed: number): { got: Float32Array; expected: readonly number[] } {
  const weights = randomWeights(table, seed);
  const inputs = randomInputs(table, 2, seed);
  const before = tf.memory().numTensors;
  const model = buildModel(tf, table, { weights });
  const got = tf.tidy(() => {
    const output = model.predictOnBatch(tf.tensor(inputs, [2, ...table.input])) as Tensor;
    return Float32Array.from(output.dataSync());
  });
  model.dispose();
  expect(tf.memory().numTensors).toBe(before);
  const name = layOut(table).outputs[0]!;
  const half = inputs.length / 2;
  const expected = [inputs.slice(0, half), inputs.slice(half)].flatMap((input) => [
    ...interpret(table, weights, input).get(name)!,
  ]);
  return { got, expected };
}

const side = fc.integer({ min: 1, max: 3 });
const pair: fc.Arbitrary<Pair> = fc.tuple(side, side);
const px = fc.integer({ min: 0, max: 2 });
const cases = fc.record({
  kernel: pair,
  stride: pair,
  padding: fc.oneof(fc.constantFrom<Padding>('same', 'valid', 1), fc.tuple(px, px, px, px)),
  rest: fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })),
  dilation: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })) as fc.Arbitrary<Pair>,
  groups: fc.constantFrom(1, 2),
  flag: fc.boolean(),
  form: fc.constantFrom('sum' as const, 'mean' as const),
  region: pair,
  seed: fc.integer({ min: 1, max: 1e6 }),
});
type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

const windows: Readonly<Record<string, (drawn: Case) => Layer>> = {
  conv: ({ flag, ...o }) => conv('l', 4, { ...o, bias: flag }),
  depthwise: ({ flag, groups, ...o }) => depthwise('l', { ...o, multiplier: groups, bias: flag }),
  locallyConnected: ({ flag, ...o }) => locallyConnected('l', 3, { ...o, bias: flag }),
  maxPool: ({ flag, ...o }) => maxPool('l', { ...o, ceil: flag }),
  averagePool: ({ flag, ...o }) => averagePool('l', { ...o, ceil: flag, countPadding: o.groups === 2 }),
  lpPool: ({ flag, ...o }) => lpPool('l', { ...o, ceil: flag, p: o.groups + 1 }),
  // cut off no more than the kernel gives
  transposedConv: (o) => transposedConv('l', 4, { ...o, padding: o.flag ? 'same' : 'valid', bias: o.flag }),
};

describe('windows of every size, stride and padding equal plain loops', () => {
  test.each(Object.entries(windows))('%s', (_, layer) => {
    fc.assert(
      fc.property(cases, (drawn) => {
        const [down, across] = drawn.kernel.map((k, i) => (k - 1) * drawn.dilation[i]! + 1 + drawn.rest[i]!);
        const { got, expected } = answers(network('one', { input: [down!, across!, 4] }, [layer(drawn)]), drawn.seed);
        // a window wholly beside the maps has no largest number
        fc.pre(expected.every(Number.isFinite));
        expectClose(got, expected);
      }),
      { numRuns: 40 },
    );
  });
});

test.each(tables)('%s equals plain loops', (_, table) => {
  const { got, expected } = answers(table, 7);
  expectClose(got, expected);
});
