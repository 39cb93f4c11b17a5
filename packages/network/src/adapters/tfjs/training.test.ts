import { describe, expect, test } from 'vitest';
import {
  batchNorm,
  channelsOf,
  conv,
  dense,
  dropout,
  elementsOf,
  type Network,
  type NormOptions,
  network,
  type Shape,
  type Weights,
} from '../../index.ts';
import { buildModel, loadTensorFlow, readWeights } from './index.ts';
import { expectClose, numbers, randomWeights } from './numbers.test-support.ts';
import type { Tensor } from './tensorflow.ts';

const tf = await loadTensorFlow();
const training = { training: true };
const count = 4;
const epsilon = 1e-3;

const normed = (input: Shape, options: NormOptions): Network =>
  network('one', { input }, [batchNorm('l', { epsilon, ...options })]);

/** Every number of one channel, of all places of all inputs. */
function channel(batch: Float32Array, channels: number, c: number): number[] {
  return [...batch].filter((_, i) => i % channels === c);
}

/** The mean of a list, and its mean squared distance from it. */
function momentsOf(list: readonly number[]): { mean: number; variance: number } {
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  return { mean, variance: list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length };
}

/** Batch norm by the batch's own statistics, in double precision. */
function normalized(batch: Float32Array, weights: Weights): number[] {
  const channels = weights.get('l/mean')!.data.length;
  const moments = Array.from({ length: channels }, (_, c) => momentsOf(channel(batch, channels, c)));
  return Array.from(batch, (value, i) => {
    const c = i % channels;
    const unit = (value - moments[c]!.mean) / Math.sqrt(moments[c]!.variance + epsilon);
    return unit * (weights.get('l/gamma')?.data[c] ?? 1) + (weights.get('l/beta')?.data[c] ?? 0);
  });
}

const forms: readonly [name: string, input: Shape, options: NormOptions][] = [
  ['plain', [2, 3, 2], {}],
  ['of a vector', [3], { momentum: 0.7 }],
  ['without scale', [2, 3, 2], { scale: false }],
  ['without center', [2, 3, 2], { center: false, momentum: 0.99 }],
];

describe.each(forms)('batch norm in training, %s', (_, input, options) => {
  const table = normed(input, options);
  const weights = randomWeights(table, 3);
  const batch = numbers(count * elementsOf(input), 4).map((value) => 3 * value + 1);
  const directions = numbers(batch.length, 5);

  test('goes by the batch; the running statistics follow by the momentum', () => {
    const before = tf.memory().numTensors;
    const model = buildModel(tf, table, { weights });
    const output = tf.tidy(() => (model.apply(tf.tensor(batch, [count, ...input]), training) as Tensor).dataSync());
    const after = readWeights(model);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expectClose(output, normalized(batch, weights), 1e-5);
    const channels = channelsOf(input);
    const { momentum = 0.9 } = options;
    for (let c = 0; c < channels; c++) {
      const list = channel(batch, channels, c);
      const { mean, variance } = momentsOf(list);
      const unbiased = (variance * list.length) / (list.length - 1);
      const follow = (part: string, now: number) => momentum * weights.get(part)!.data[c]! + (1 - momentum) * now;
      expect(after.get('l/mean')!.data[c]).toBeCloseTo(follow('l/mean', mean), 5);
      expect(after.get('l/variance')!.data[c]).toBeCloseTo(follow('l/variance', unbiased), 5);
    }
  });

  test('serving goes by the running statistics and leaves them', () => {
    const model = buildModel(tf, table, { weights });
    tf.tidy(() => {
      const whole = (model.predictOnBatch(tf.tensor(batch, [count, ...input])) as Tensor).dataSync();
      const first = batch.slice(0, elementsOf(input));
      const alone = (model.predictOnBatch(tf.tensor(first, [1, ...input])) as Tensor).dataSync();
      expectClose(whole.slice(0, alone.length), alone, 1e-6);
    });
    expect(readWeights(model)).toEqual(weights);
    model.dispose();
  });

  /** The slope of Σ outputs · directions where one of these numbers moves. */
  function slopes(data: Float32Array, outputs: (moved: Float32Array) => readonly number[]): number[] {
    const loss = (moved: Float32Array) => outputs(moved).reduce((sum, value, i) => sum + value * directions[i]!, 0);
    return Array.from(data, (value, i) => {
      const [up, down] = [data.slice(), data.slice()];
      up[i] = value + 1e-2;
      down[i] = value - 1e-2;
      return (loss(up) - loss(down)) / (up[i]! - down[i]!);
    });
  }

  test('its slopes equal differences, through the batch’s statistics too', () => {
    const model = buildModel(tf, table, { weights });
    const objective = (x: Tensor) => {
      const output = model.apply(x, training) as Tensor;
      return output.mul(tf.tensor(directions, output.shape)).sum() as ReturnType<typeof tf.scalar>;
    };
    tf.tidy(() => {
      const x = tf.tensor(batch, [count, ...input]);
      const byInput = slopes(batch, (moved) => normalized(moved, weights));
      expectClose(tf.grad(objective)(x).dataSync(), byInput, 2e-3);
      const learned = model.trainableWeights;
      expect(learned).toHaveLength([options.scale, options.center].filter((learns) => learns !== false).length);
      const { grads } = tf.variableGrads(() => objective(x));
      for (const { name, originalName } of learned) {
        const tensor = weights.get(originalName)!;
        const moving = (data: Float32Array) =>
          normalized(batch, new Map([...weights, [originalName, { ...tensor, data }]]));
        expectClose(grads[name]!.dataSync(), slopes(tensor.data, moving), 2e-3);
      }
    });
    model.dispose();
  });
});

test('dropout drops its share in training and makes up for it, and nothing when serving', () => {
  const model = buildModel(tf, network('one', { input: [10_000] }, [dropout('l', 0.25)]));
  tf.tidy(() => {
    const x = tf.ones([1, 10_000]);
    const kept = (model.apply(x, training) as Tensor).dataSync().filter((value) => value !== 0);
    expect(kept.every((value) => Math.abs(value - 1 / 0.75) < 1e-6)).toBe(true);
    expect(Math.abs(kept.length - 7500)).toBeLessThan(500);
    expect((model.predictOnBatch(x) as Tensor).dataSync()).toEqual(x.dataSync());
  });
  model.dispose();
});

test('what dropout drops follows from the seed and the layer’s name', () => {
  const steps = [dropout('one', 0.5), dropout('other', 0.5)];
  const models = steps.map((step) => buildModel(tf, network('single', { input: [200] }, [step])));
  const [one, other] = models.map((model) => (seed: number | undefined) => {
    return tf.tidy(() => [...(model.apply(tf.ones([2, 200]), { training: true, seed }) as Tensor).dataSync()]);
  });
  expect(one!(7)).toEqual(one!(7));
  expect(one!(0)).toEqual(one!(0));
  expect(one!(8)).not.toEqual(one!(7));
  expect(other!(7)).not.toEqual(one!(7));
  expect(one!(undefined)).not.toEqual(one!(undefined));
  for (const model of models) model.dispose();
});

test('training brings a small network to its targets, moves the running statistics and leaves no tensor', async () => {
  const table = network('small', { input: [4, 4, 2] }, [
    conv('conv', 4, { kernel: 3, norm: { scale: false }, activation: 'relu' }),
    dropout('drop', 0.1),
    dense('fc', 2),
  ]);
  const before = tf.memory().numTensors;
  const model = buildModel(tf, table);
  const optimizer = tf.train.adam(0.02);
  model.compile({ optimizer, loss: 'meanSquaredError' });
  const x = tf.tensor(numbers(8 * 32, 3), [8, 4, 4, 2]);
  const y = tf.tensor(numbers(16, 4), [8, 2]);
  await model.fit(x, y, { epochs: 2, verbose: 0 });
  const started = tf.memory().numTensors;
  const { history } = await model.fit(x, y, { epochs: 60, verbose: 0 });
  expect(tf.memory().numTensors).toBe(started);
  expect(history.loss!.at(-1)).toBeLessThan((history.loss![0] as number) / 2);
  const { data } = readWeights(model).get('conv/norm/mean')!;
  expect(data.every((value) => value !== 0)).toBe(true);
  tf.dispose([x, y]);
  model.dispose();
  optimizer.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
