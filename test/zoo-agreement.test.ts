import { createRandom, gaussian } from '@kith/core';
import { elementsOf, initialWeights, layOut, type Network, type NetworkModel, type Weights } from '@kith/network';
import { localRuntime } from '@kith/network/runtime';
import { networks } from '@kith/pipeline';
import { afterAll, expect, test } from 'vitest';

const reference = await localRuntime('tfjs');
const serving = await localRuntime('onnxruntime', { threads: 2 });
afterAll(async () => {
  await reference.dispose();
  await serving.dispose();
});

/** Weights to begin with, moved where they start as zeros and ones: a norm or a bias in the wrong place must show. */
function seededWeights(table: Network, seed: number): Weights {
  const random = createRandom(seed);
  const moved: Readonly<Record<string, (start: number) => number>> = {
    bias: () => 0.1 * gaussian(random),
    beta: () => 0.1 * gaussian(random),
    mean: () => 0.1 * gaussian(random),
    gamma: () => 0.75 + 0.5 * random(),
    variance: () => 0.75 + 0.5 * random(),
    alpha: () => 0.5 * random(),
  };
  return new Map(
    [...initialWeights(table, { seed })].map(([name, { shape, data }]) => {
      const move = moved[name.slice(name.lastIndexOf('/') + 1)];
      return [name, { shape, data: move ? data.map(move) : data }];
    }),
  );
}

/** The table with the value before its last step as one more output, where that step evens values out. */
function withHidden(table: Network): Network {
  const last = layOut(table).nodes.at(-1)!;
  const { kind } = last.operation;
  const evensOut = kind === 'l2Normalize' || (kind === 'activation' && last.operation.function === 'softmax');
  return evensOut && !table.outputs ? { ...table, outputs: [last.inputs[0]!, last.name] } : table;
}

/** Two inputs: pixels, 0–255, where the table brings them into range, else numbers around 0. */
function inputsOf(table: Network, seed: number): Float32Array {
  const random = createRandom(seed);
  const takesPixels = layOut(table).nodes[0]!.operation.kind === 'normalize';
  const [least, span] = takesPixels ? [0, 255] : [-1, 2];
  return Float32Array.from({ length: 2 * elementsOf(table.input) }, () => least + span * random());
}

async function answers(runtime: typeof serving, model: NetworkModel, data: Float32Array) {
  const session = await runtime.load(model);
  try {
    return await session.run({ count: 2, data });
  } finally {
    await session.dispose();
  }
}

/** The largest number, signs aside. */
function magnitude(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

test.each(networks.map((table) => [table.name, withHidden(table)] as const))(
  '%s gives the same by TensorFlow and by ONNX Runtime',
  async (_, network) => {
    const model = { network, weights: seededWeights(network, 7) };
    const inputs = inputsOf(network, 8);
    const expected = await answers(reference, model, inputs);
    const got = await answers(serving, model, inputs);
    expect(got).toHaveLength(network.outputs?.length ?? 1);
    got.forEach((output, i) => {
      const wanted = expected[i]!;
      expect(output).toHaveLength(wanted.length);
      const largest = magnitude(wanted);
      expect(Number.isFinite(largest) && largest > 0).toBe(true);
      expect(magnitude(output.map((value, at) => value - wanted[at]!)) / largest).toBeLessThan(1e-4);
      // two inputs, two answers: a network that had gone silent would agree with anything
      const half = wanted.length / 2;
      const apart = magnitude(wanted.slice(0, half).map((value, at) => value - wanted[half + at]!));
      expect(apart / largest).toBeGreaterThan(1e-3);
    });
  },
);
