import { describe, expect, test } from 'vitest';
import { l2Normalize, layOut, lpPool, type Network, network, type Weights } from '../../index.ts';
import { buildModel, loadTensorFlow } from './index.ts';
import { expectClose, numbers, randomInputs, randomWeights } from './numbers.test-support.ts';
import { interpret } from './reference.test-support.ts';
import { tables, tablesByKind } from './tables.test-support.ts';
import type { Tensor } from './tensorflow.ts';

const tf = await loadTensorFlow();

/** The loss Σ outputs · fixed numbers, by the plain loops. */
function loss(table: Network, weights: Weights, input: Float32Array): number {
  const output = interpret(table, weights, input).get(layOut(table).outputs[0]!)!;
  const directions = numbers(output.length, 99);
  return output.reduce((total, value, i) => total + value * directions[i]!, 0);
}

/** The same loss by a model. */
function objective(output: Tensor): ReturnType<typeof tf.scalar> {
  return output.mul(tf.tensor(numbers(output.size, 99), output.shape)).sum();
}

/** Slope of `of` at `data`, number by number, by central differences. */
function slopes(data: Float32Array, of: (moved: Float32Array) => number): number[] {
  return Array.from(data, (value, i) => {
    const [up, down] = [data.slice(), data.slice()];
    up[i] = value + 1e-3;
    down[i] = value - 1e-3;
    return (of(up) - of(down)) / (up[i]! - down[i]!);
  });
}

const ids = new Set(Object.values(tablesByKind.embeddingLookup));

describe('slopes equal differences of the plain loops', () => {
  test.each(tables.filter(([, table]) => !ids.has(table)))('%s, by the input', (_, table) => {
    const weights = randomWeights(table, 5);
    const input = randomInputs(table, 1, 11);
    const model = buildModel(tf, table, { weights });
    const got = tf.tidy(() =>
      tf
        .grad((x: Tensor) => objective(model.apply(x) as Tensor))(tf.tensor(input, [1, ...table.input]))
        .dataSync(),
    );
    model.dispose();
    expectClose(
      got,
      slopes(input, (moved) => loss(table, weights, moved)),
      2e-3,
    );
  });

  const learning = tables.flatMap(([name, table]) => {
    const own = layOut(table).nodes.flatMap(({ parameters }) => parameters.filter(({ trainable }) => trainable));
    return own.map((parameter) => [name, parameter.name, table] as const);
  });
  test.each(learning)('%s, by %s', (_, parameter, table) => {
    const weights = randomWeights(table, 5);
    const input = randomInputs(table, 1, 11);
    const model = buildModel(tf, table, { weights });
    const got = tf.tidy(() => {
      const x = tf.tensor(input, [1, ...table.input]);
      const { grads } = tf.variableGrads(() => objective(model.apply(x) as Tensor));
      const variable = model.weights.find(({ originalName }) => originalName === parameter)!;
      return grads[variable.name]!.dataSync();
    });
    model.dispose();
    const tensor = weights.get(parameter)!;
    const moving = (data: Float32Array) => loss(table, new Map([...weights, [parameter, { ...tensor, data }]]), input);
    expectClose(got, slopes(tensor.data, moving), 2e-3);
  });
});

test.each([lpPool('l', { kernel: 2 }), l2Normalize('l')])('$operation.kind of zeros is flat, not NaN', (layer) => {
  const model = buildModel(tf, network('one', { input: [2, 2, 2] }, [layer]));
  const slope = tf.tidy(() =>
    tf
      .grad((x: Tensor) => (model.apply(x) as Tensor).sum())(tf.zeros([1, 2, 2, 2]))
      .dataSync(),
  );
  model.dispose();
  expect([...slope].every(Number.isFinite)).toBe(true);
  if (layer.operation.kind === 'lpPool') expect([...slope]).toEqual(new Array(8).fill(0));
});
