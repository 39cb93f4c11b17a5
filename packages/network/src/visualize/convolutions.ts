import { elementsOf } from '../shape.ts';
import { eachTap, livePlaces, type Pass, slideOf, type Task, type Work } from './pass.ts';
import { addProducts, addTransposed, type GroupSizes, groupSizes, type Start } from './products.ts';

/** The output filled with its bias, one a filter, or with zeros. */
function biased({ shape, part }: Work): Float32Array {
  const out = new Float32Array(elementsOf(shape));
  const bias = part('bias');
  if (bias) for (let i = 0; i < out.length; i += bias.length) out.set(bias, i);
  return out;
}

/** Where a group's numbers begin for one place in one window. */
function startOf(
  { channels, filters, each, own }: GroupSizes,
  {
    window,
    place,
    tap,
    group,
  }: { readonly window: number; readonly place: number; readonly tap: number; readonly group: number },
): Start {
  return {
    from: place * channels + group * each,
    to: window * filters + group * own,
    row: tap * each * filters + group * own,
  };
}

export const conv: Pass<'conv'> = {
  forward(task) {
    const { operation, inputs, shape, part } = task;
    const { data } = inputs[0]!;
    const sizes = groupSizes(operation.groups, { channels: inputs[0]!.shape[2], filters: shape[2] });
    const kernel = part('kernel')!;
    const out = biased(task);
    eachTap(slideOf(task), (window, place, tap) => {
      for (let group = 0; group < operation.groups; group++) {
        addProducts({ data, kernel, out }, sizes, startOf(sizes, { window, place, tap, group }));
      }
    });
    return out;
  },
  backward(task, signal) {
    const { operation, inputs, shape, part } = task;
    const sizes = groupSizes(operation.groups, { channels: inputs[0]!.shape[2], filters: shape[2] });
    const kernel = part('kernel')!;
    const back = new Float32Array(inputs[0]!.data.length);
    const live = livePlaces(signal, sizes.filters);
    eachTap(slideOf(task), (window, place, tap) => {
      if (live[window] === 0) return;
      for (let group = 0; group < operation.groups; group++) {
        addTransposed({ signal, kernel, back }, sizes, startOf(sizes, { window, place, tap, group }));
      }
    });
    return [back];
  },
};

export const depthwiseConv: Pass<'depthwiseConv'> = {
  forward(task) {
    const { operation, inputs, shape, part } = task;
    const { data } = inputs[0]!;
    const [channels, filters] = [inputs[0]!.shape[2], shape[2]];
    const { multiplier } = operation;
    const kernel = part('kernel')!;
    const out = biased(task);
    eachTap(slideOf(task), (window, place, tap) => {
      for (let c = 0; c < channels; c++) {
        const value = data[place * channels + c]!;
        for (let f = c * multiplier; f < (c + 1) * multiplier; f++) {
          out[window * filters + f]! += value * kernel[tap * filters + f]!;
        }
      }
    });
    return out;
  },
  backward(task, signal) {
    const { operation, inputs, shape, part } = task;
    const [channels, filters] = [inputs[0]!.shape[2], shape[2]];
    const { multiplier } = operation;
    const kernel = part('kernel')!;
    const back = new Float32Array(inputs[0]!.data.length);
    const live = livePlaces(signal, filters);
    eachTap(slideOf(task), (window, place, tap) => {
      if (live[window] === 0) return;
      for (let c = 0; c < channels; c++) {
        for (let f = c * multiplier; f < (c + 1) * multiplier; f++) {
          back[place * channels + c]! += signal[window * filters + f]! * kernel[tap * filters + f]!;
        }
      }
    });
    return [back];
  },
};

/** Windows of the input's places over the output, the other way round than in a convolution. */
function transposedSlide({ operation, node, inputs, shape }: Task<'transposedConv'>) {
  return { ...operation, small: inputs[0]!.shape, large: shape, pads: node.geometry!.pads };
}

/** Go through all products of a transposed convolution: the numbers of the input, of the output and of the kernel. */
function eachProduct(task: Task<'transposedConv'>, visit: (from: number, to: number, at: number) => void): void {
  const [channels, filters] = [task.inputs[0]!.shape[2], task.shape[2]];
  const { groups } = task.operation;
  const [each, own] = [channels / groups, filters / groups];
  eachTap(transposedSlide(task), (window, place, tap) => {
    for (let c = 0; c < channels; c++) {
      const first = Math.floor(c / each) * own;
      for (let f = 0; f < own; f++) {
        visit(window * channels + c, place * filters + first + f, (tap * own + f) * channels + c);
      }
    }
  });
}

export const transposedConv: Pass<'transposedConv'> = {
  forward(task) {
    const kernel = task.part('kernel')!;
    const { data } = task.inputs[0]!;
    const out = biased(task);
    eachProduct(task, (from, to, at) => {
      out[to]! += data[from]! * kernel[at]!;
    });
    return out;
  },
  backward(task, signal) {
    const kernel = task.part('kernel')!;
    const back = new Float32Array(task.inputs[0]!.data.length);
    eachProduct(task, (from, to, at) => {
      back[from]! += signal[to]! * kernel[at]!;
    });
    return [back];
  },
};

/** The number of the cell of shared kernels that each place of the output lies in. */
function cellsOf({ operation: { region }, shape: [height, width] }: Task<'locallyConnected'>): Int32Array {
  const across = Math.ceil(width / region[1]);
  return Int32Array.from(
    { length: height * width },
    (_, i) => Math.floor(Math.floor(i / width) / region[0]) * across + Math.floor((i % width) / region[1]),
  );
}

export const locallyConnected: Pass<'locallyConnected'> = {
  forward(task) {
    const { operation, inputs, shape, part } = task;
    const { data } = inputs[0]!;
    const [channels, filters] = [inputs[0]!.shape[2], shape[2]];
    const length = elementsOf(operation.kernel) * channels;
    const [kernel, bias, cells] = [part('kernel')!, part('bias'), cellsOf(task)];
    const out = new Float32Array(elementsOf(shape));
    cells.forEach((cell, i) => {
      if (bias) out.set(bias.subarray(cell * filters, (cell + 1) * filters), i * filters);
    });
    eachTap(slideOf(task), (window, place, tap) => {
      for (let c = 0; c < channels; c++) {
        const value = data[place * channels + c]!;
        const row = (cells[window]! * length + tap * channels + c) * filters;
        for (let f = 0; f < filters; f++) out[window * filters + f]! += value * kernel[row + f]!;
      }
    });
    return out;
  },
  backward(task, signal) {
    const { operation, inputs, shape, part } = task;
    const [channels, filters] = [inputs[0]!.shape[2], shape[2]];
    const length = elementsOf(operation.kernel) * channels;
    const [kernel, cells, live] = [part('kernel')!, cellsOf(task), livePlaces(signal, filters)];
    const back = new Float32Array(inputs[0]!.data.length);
    eachTap(slideOf(task), (window, place, tap) => {
      if (live[window] === 0) return;
      for (let c = 0; c < channels; c++) {
        const row = (cells[window]! * length + tap * channels + c) * filters;
        let sum = 0;
        for (let f = 0; f < filters; f++) sum += signal[window * filters + f]! * kernel[row + f]!;
        back[place * channels + c]! += sum;
      }
    });
    return [back];
  },
};

export const dense: Pass<'dense'> = {
  forward(task) {
    const { data } = task.inputs[0]!;
    const { units } = task.operation;
    const kernel = task.part('kernel')!;
    const out = biased(task);
    data.forEach((value, i) => {
      if (value !== 0) for (let u = 0; u < units; u++) out[u]! += value * kernel[i * units + u]!;
    });
    return out;
  },
  backward(task, signal) {
    const { units } = task.operation;
    const kernel = task.part('kernel')!;
    const back = task.inputs[0]!.data.map((_, i) => {
      let sum = 0;
      for (let u = 0; u < units; u++) sum += signal[u]! * kernel[i * units + u]!;
      return sum;
    });
    return [back];
  },
};
