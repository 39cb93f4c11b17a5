import { elementsOf } from '../shape.ts';
import type { Pass, Task, Volume, Work } from './pass.ts';

/** Each number by itself, by its channel. */
function each(task: Work, compute: (value: number, channel: number) => number): Float32Array {
  const { data, shape } = task.inputs[0]!;
  const channels = shape[2];
  return data.map((value, i) => compute(value, i % channels));
}

/** A signal that goes back number by number, by its channel. */
function eachBack(
  task: Work,
  signal: Float32Array,
  compute: (value: number, channel: number) => number,
): readonly Float32Array[] {
  const channels = task.shape[2];
  return [signal.map((value, i) => compute(value, i % channels))];
}

const onItsWay = (_: Work, signal: Float32Array): readonly Float32Array[] => [signal];

/** The factor and summand of each channel that a batch norm comes down to. */
function affineOf({ operation, inputs, part }: Task<'batchNorm'>) {
  const channels = inputs[0]!.shape[2];
  const [mean, variance, gamma, beta] = [part('mean')!, part('variance')!, part('gamma'), part('beta')];
  const factor = Float32Array.from(
    { length: channels },
    (_, c) => (gamma?.[c] ?? 1) / Math.sqrt(variance[c]! + operation.epsilon),
  );
  return { factor, summand: factor.map((value, c) => (beta?.[c] ?? 0) - mean[c]! * value) };
}

export const batchNorm: Pass<'batchNorm'> = {
  forward(task) {
    const { factor, summand } = affineOf(task);
    return each(task, (value, c) => value * factor[c]! + summand[c]!);
  },
  backward(task, signal) {
    const { factor } = affineOf(task);
    return eachBack(task, signal, (value, c) => value * factor[c]!);
  },
};

export const channelScale: Pass<'channelScale'> = {
  forward(task) {
    const [gamma, beta] = [task.part('gamma')!, task.part('beta')!];
    return each(task, (value, c) => value * gamma[c]! + beta[c]!);
  },
  backward(task, signal) {
    const gamma = task.part('gamma')!;
    return eachBack(task, signal, (value, c) => value * gamma[c]!);
  },
};

const activations = {
  relu: (x: number) => Math.max(x, 0),
  relu6: (x: number) => Math.min(Math.max(x, 0), 6),
  sigmoid: (x: number) => 1 / (1 + Math.exp(-x)),
  tanh: Math.tanh,
} as const;

export const activation: Pass<'activation'> = {
  forward(task) {
    const { function: kind } = task.operation;
    return kind === 'softmax' ? softmax(task.inputs[0]!) : each(task, activations[kind]);
  },
  backward(task, signal) {
    const isRelu = task.operation.function.startsWith('relu');
    return isRelu ? eachBack(task, signal, activations.relu) : [signal];
  },
};

function softmax({ data, shape }: Volume): Float32Array {
  const channels = shape[2];
  const out = new Float32Array(data.length);
  for (let first = 0; first < data.length; first += channels) {
    const row = data.subarray(first, first + channels);
    const largest = row.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
    const powers = row.map((value) => Math.exp(value - largest));
    const sum = powers.reduce((total, value) => total + value, 0);
    out.set(
      powers.map((value) => value / sum),
      first,
    );
  }
  return out;
}

export const leakyRelu: Pass<'leakyRelu'> = {
  forward: (task) => each(task, (value) => Math.max(value, task.operation.slope * value)),
  backward: (task, signal) => eachBack(task, signal, (value) => Math.max(value, task.operation.slope * value)),
};

export const prelu: Pass<'prelu'> = {
  forward(task) {
    const alpha = task.part('alpha')!;
    return each(task, (value, c) => Math.max(value, 0) + alpha[c]! * Math.min(value, 0));
  },
  backward(task, signal) {
    const alpha = task.part('alpha')!;
    return eachBack(task, signal, (value, c) => Math.max(value, 0) + alpha[c]! * Math.min(value, 0));
  },
};

/** Which number each run of channels is taken from. */
function largestOf({ inputs, operation: { pieces }, shape }: Task<'maxout'>): Int32Array {
  const { data } = inputs[0]!;
  return Int32Array.from({ length: elementsOf(shape) }, (_, i) => {
    let best = i * pieces;
    for (let at = best + 1; at < (i + 1) * pieces; at++) if (data[at]! > data[best]!) best = at;
    return best;
  });
}

export const maxout: Pass<'maxout'> = {
  forward: (task) => Float32Array.from(largestOf(task), (from) => task.inputs[0]!.data[from]!),
  backward(task, signal) {
    const back = new Float32Array(task.inputs[0]!.data.length);
    largestOf(task).forEach((from, i) => {
      back[from] = signal[i]!;
    });
    return [back];
  },
};

export const lrn: Pass<'lrn'> = {
  forward({ operation: { size, alpha, beta, bias, form }, inputs }) {
    const { data, shape } = inputs[0]!;
    const channels = shape[2];
    const factor = form === 'caffe' ? alpha / size : alpha;
    return data.map((value, i) => {
      const c = i % channels;
      const first = c - Math.floor((size - 1) / 2);
      let sum = 0;
      for (let near = Math.max(first, 0); near < Math.min(first + size, channels); near++)
        sum += data[i - c + near]! ** 2;
      return value / (bias + factor * sum) ** beta;
    });
  },
  backward: onItsWay,
};

export const dropout: Pass<'dropout'> = { forward: ({ inputs }) => inputs[0]!.data, backward: onItsWay };

export const l2Normalize: Pass<'l2Normalize'> = {
  forward({ operation: { epsilon }, inputs }) {
    const { data, shape } = inputs[0]!;
    const channels = shape[2];
    const out = new Float32Array(data.length);
    for (let first = 0; first < data.length; first += channels) {
      const row = data.subarray(first, first + channels);
      const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
      out.set(
        row.map((value) => value / Math.max(length, epsilon)),
        first,
      );
    }
    return out;
  },
  backward: onItsWay,
};

export const scale: Pass<'scale'> = {
  forward: (task) => each(task, (value) => value * task.operation.factor),
  backward: (task, signal) => eachBack(task, signal, (value) => value * task.operation.factor),
};

const ofChannel = (list: readonly number[], c: number) => (list.length === 1 ? list[0]! : list[c]!);

export const normalize: Pass<'normalize'> = {
  forward(task) {
    const { mean, deviation } = task.operation;
    return each(task, (value, c) => (value - ofChannel(mean, c)) / ofChannel(deviation, c));
  },
  backward: (task, signal) => eachBack(task, signal, (value, c) => value / ofChannel(task.operation.deviation, c)),
};

/** Where each channel comes from. */
const shuffled = (c: number, groups: number, channels: number) =>
  (c % groups) * (channels / groups) + Math.floor(c / groups);

export const channelShuffle: Pass<'channelShuffle'> = {
  forward({ operation: { groups }, inputs }) {
    const { data, shape } = inputs[0]!;
    const channels = shape[2];
    return data.map((_, i) => data[i - (i % channels) + shuffled(i % channels, groups, channels)]!);
  },
  backward({ operation: { groups }, shape }, signal) {
    const channels = shape[2];
    const back = new Float32Array(signal.length);
    signal.forEach((value, i) => {
      back[i - (i % channels) + shuffled(i % channels, groups, channels)] = value;
    });
    return [back];
  },
};

/** Rows of a table by their numbers: there is no way back to numbers. */
export const embeddingLookup: Pass<'embeddingLookup'> = {
  forward({ operation: { dimension }, inputs, part }) {
    const kernel = part('kernel')!;
    const ids = inputs[0]!.data;
    return Float32Array.from(
      { length: ids.length * dimension },
      (_, i) => kernel[ids[Math.floor(i / dimension)]! * dimension + (i % dimension)]!,
    );
  },
  backward: ({ inputs }: Task<'embeddingLookup'>) => [new Float32Array(inputs[0]!.data.length)],
};
