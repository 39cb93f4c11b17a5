import { describe, expect, test } from 'vitest';
import { expectClose, numbers, randomInputs, randomWeights } from '../adapters/tfjs/numbers.test-support.ts';
import { runReference } from '../adapters/tfjs/reference.test-support.ts';
import { tables, tablesByKind } from '../adapters/tfjs/tables.test-support.ts';
import { layOut } from '../graph.ts';
import { activation, add, chain, concat, conv, dense, depthwise, leakyRelu, maxPool, relu } from '../layers.ts';
import { type Network, network } from '../network.ts';
import { elementsOf } from '../shape.ts';
import { projectBack, traceNetwork } from './trace.ts';

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const lastNode = (table: Network) => layOut(table).nodes.at(-1)!.name;

test.each(tables)('%s gives forwards what plain loops give', (_, table) => {
  const weights = randomWeights(table, 3);
  const input = randomInputs(table, 1, 5);
  const { volumes } = traceNetwork({ network: table, weights }, input);
  for (const [name, expected] of runReference(table, weights, input))
    expectClose(volumes.get(name)!.data, expected, 1e-5);
});

const linear = [
  'conv',
  'depthwiseConv',
  'transposedConv',
  'locallyConnected',
  'dense',
  'batchNorm',
  'channelScale',
  'averagePool',
  'globalAveragePool',
  'channelShuffle',
  'pad',
  'scale',
  'normalize',
] as const;
const branched = network('branched', { input: [5, 4, 2] }, [
  concat('side', [[conv('a', 3, { kernel: 3 })], [], [depthwise('b', { kernel: 2, multiplier: 2 })]]),
  add('sum', [[conv('c', 12, { kernel: 2, padding: 'valid' })], []], { extend: true }),
  dense('fc', 4),
]);
const linearTables: readonly (readonly [string, Network])[] = [
  ...linear.flatMap((kind) =>
    Object.entries(tablesByKind[kind]).map(([form, table]) => [`${kind} ${form}`, table] as const),
  ),
  ['concat, add and dense together', branched],
];

test.each(linearTables)('%s goes back as its transpose: ⟨Ax, y⟩ = ⟨x, Aᵀy⟩', (_, table) => {
  const model = { network: table, weights: randomWeights(table, 7) };
  const at = lastNode(table);
  const input = numbers(elementsOf(table.input), 1);
  const trace = traceNetwork(model, input);
  const still = traceNetwork(model, new Float32Array(input.length)).volumes.get(at)!.data;
  const linearPart = trace.volumes.get(at)!.data.map((value, i) => value - still[i]!);
  const signal = numbers(linearPart.length, 2);
  const [left, right] = [dot(linearPart, signal), dot(input, projectBack(trace, at, signal))];
  expect(Math.abs(left)).toBeGreaterThan(1e-3);
  expect(right).toBeCloseTo(left, 3);
});

describe('what is not linear', () => {
  const back = (table: Network, input: readonly number[], signal: readonly number[]) => {
    const trace = traceNetwork({ network: table, weights: new Map() }, Float32Array.from(input));
    return [...projectBack(trace, lastNode(table), Float32Array.from(signal))];
  };

  test('a max pool sends its signal to where it took its number from', () => {
    const table = network('pool', { input: [2, 4, 1] }, [maxPool('pool', { kernel: 2, stride: 2 })]);
    expect(back(table, [1, 5, 0, 2, 3, 4, 8, 7], [10, 20])).toEqual([0, 10, 0, 0, 0, 0, 20, 0]);
  });

  test('ReLU rectifies the signal, whatever went forwards; a leaky one lets its share through', () => {
    const through = (layer: Parameters<typeof network>[2][number]) =>
      back(network('one', { input: [4] }, [layer]), [1, -1, 1, -1], [2, 2, -2, -2]);
    expect(through(relu('r'))).toEqual([2, 2, 0, 0]);
    expect(through(activation('r', 'relu6'))).toEqual([2, 2, 0, 0]);
    expect(through(leakyRelu('r', { slope: 0.5 }))).toEqual([2, 2, -1, -1]);
    expect(through(activation('r', 'softmax'))).toEqual([2, 2, -2, -2]);
  });

  test('L2 pooling sends its signal back as its derivative, checked by differences', () => {
    for (const table of Object.values(tablesByKind.lpPool)) {
      const model = { network: table, weights: new Map() };
      const input = numbers(elementsOf(table.input), 4);
      const at = lastNode(table);
      const trace = traceNetwork(model, input);
      const signal = numbers(trace.volumes.get(at)!.data.length, 5);
      const got = projectBack(trace, at, signal);
      const step = 1e-2;
      const slope = input.map((value, i) => {
        const moved = (by: number) => dot(traceNetwork(model, input.with(i, value + by)).volumes.get(at)!.data, signal);
        return (moved(step) - moved(-step)) / (2 * step);
      });
      // where a number is near zero its size has a kink
      const far = input.map((value) => (Math.abs(value) > 2 * step ? 1 : 0));
      expectClose(
        got.map((value, i) => value * far[i]!),
        slope.map((value, i) => value * far[i]!),
        0.02,
      );
    }
  });

  test('a signal that comes two ways adds up', () => {
    const table = network('two', { input: [2] }, [chain('a', [relu('r')]), add('sum', [[], [relu('s')]])]);
    expect(back(table, [1, 1], [3, 4])).toEqual([6, 8]);
  });
});

test('refuses an input of another length', () => {
  const table = network('one', { input: [4] }, [relu('r')]);
  const run = () => traceNetwork({ network: table, weights: new Map() }, new Float32Array(3));
  expect(run).toThrow(expect.objectContaining({ code: 'USAGE' }));
});
