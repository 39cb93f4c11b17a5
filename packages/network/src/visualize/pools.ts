import { elementsOf } from '../shape.ts';
import { eachTap, livePlaces, type Pass, slideOf, type Task } from './pass.ts';

/**
 * For each number of a max pool's output, where in the input it was taken from: its switch.
 *
 * @param live - The windows that matter; the others get −1.
 */
function switchesOf(task: Task<'maxPool'>, live?: Uint8Array): Int32Array {
  const { data, shape } = task.inputs[0]!;
  const channels = shape[2];
  const switches = new Int32Array(elementsOf(task.shape)).fill(-1);
  eachTap(slideOf(task), (window, place) => {
    if (live?.[window] === 0) return;
    for (let c = 0; c < channels; c++) {
      const [to, from] = [window * channels + c, place * channels + c];
      if (switches[to]! < 0 || data[from]! > data[switches[to]!]!) switches[to] = from;
    }
  });
  return switches;
}

export const maxPool: Pass<'maxPool'> = {
  forward(task) {
    const { data } = task.inputs[0]!;
    return Float32Array.from(switchesOf(task), (from) => (from < 0 ? 0 : data[from]!));
  },
  backward(task, signal) {
    const back = new Float32Array(task.inputs[0]!.data.length);
    switchesOf(task, livePlaces(signal, task.shape[2])).forEach((from, i) => {
      if (from >= 0) back[from]! += signal[i]!;
    });
    return [back];
  },
};

/** How many places each window's mean is over. */
function countsOf(task: Task<'averagePool'>): Float32Array {
  const { countPadding } = task.operation;
  const [top, right, bottom, left] = task.node.geometry!.pads;
  const [height, width] = task.inputs[0]!.shape;
  const counts = new Float32Array(task.shape[0] * task.shape[1]);
  // padding that counts is part of the maps
  const slide = countPadding
    ? {
        ...slideOf(task),
        large: [height + top + bottom, width + left + right, 1] as const,
        pads: [0, 0, 0, 0] as const,
      }
    : slideOf(task);
  eachTap(slide, (window) => {
    counts[window]!++;
  });
  return counts.map((count) => Math.max(count, 1));
}

export const averagePool: Pass<'averagePool'> = {
  forward(task) {
    const { data, shape } = task.inputs[0]!;
    const channels = shape[2];
    const counts = countsOf(task);
    const out = new Float32Array(elementsOf(task.shape));
    eachTap(slideOf(task), (window, place) => {
      for (let c = 0; c < channels; c++) out[window * channels + c]! += data[place * channels + c]! / counts[window]!;
    });
    return out;
  },
  backward(task, signal) {
    const { data, shape } = task.inputs[0]!;
    const channels = shape[2];
    const counts = countsOf(task);
    const back = new Float32Array(data.length);
    eachTap(slideOf(task), (window, place) => {
      for (let c = 0; c < channels; c++)
        back[place * channels + c]! += signal[window * channels + c]! / counts[window]!;
    });
    return [back];
  },
};

export const lpPool: Pass<'lpPool'> = {
  forward(task) {
    const { p, form, kernel } = task.operation;
    const { data, shape } = task.inputs[0]!;
    const channels = shape[2];
    const share = form === 'sum' ? 1 : 1 / elementsOf(kernel);
    const out = new Float32Array(elementsOf(task.shape));
    eachTap(slideOf(task), (window, place) => {
      for (let c = 0; c < channels; c++)
        out[window * channels + c]! += share * Math.abs(data[place * channels + c]!) ** p;
    });
    return out.map((sum) => sum ** (1 / p));
  },
  /** The signal goes to the places as they took part: the derivative, without a length in it. */
  backward(task, signal) {
    const { p, form, kernel } = task.operation;
    const { data, shape } = task.inputs[0]!;
    const channels = shape[2];
    const share = form === 'sum' ? 1 : 1 / elementsOf(kernel);
    const pooled = lpPool.forward(task);
    const back = new Float32Array(data.length);
    eachTap(slideOf(task), (window, place) => {
      for (let c = 0; c < channels; c++) {
        const [value, whole] = [data[place * channels + c]!, pooled[window * channels + c]!];
        const slope = whole === 0 ? 0 : share * Math.sign(value) * (Math.abs(value) / whole) ** (p - 1);
        back[place * channels + c]! += slope * signal[window * channels + c]!;
      }
    });
    return [back];
  },
};

export const globalAveragePool: Pass<'globalAveragePool'> = {
  forward({ inputs }) {
    const { data, shape } = inputs[0]!;
    const [height, width, channels] = shape;
    const out = new Float32Array(channels);
    for (let i = 0; i < data.length; i++) out[i % channels]! += data[i]! / (height * width);
    return out;
  },
  backward({ inputs }, signal) {
    const { data, shape } = inputs[0]!;
    const [height, width, channels] = shape;
    return [data.map((_, i) => signal[i % channels]! / (height * width))];
  },
};
