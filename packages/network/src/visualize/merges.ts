import { elementsOf } from '../shape.ts';
import type { Pass, Volume } from './pass.ts';

export const pad: Pass<'pad'> = {
  forward({ operation: { sides }, inputs, shape }) {
    const out = new Float32Array(elementsOf(shape));
    placed(inputs[0]!, { data: out, shape }, { down: sides[0], across: sides[3], channel: 0 }, 'into');
    return out;
  },
  backward({ operation: { sides }, inputs, shape }, signal) {
    const back = { ...inputs[0]!, data: new Float32Array(inputs[0]!.data.length) };
    placed(back, { data: signal, shape }, { down: sides[0], across: sides[3], channel: 0 }, 'out');
    return [back.data];
  },
};

export const concat: Pass<'concat'> = {
  forward({ inputs, shape }) {
    const out = { data: new Float32Array(elementsOf(shape)), shape };
    let channel = 0;
    for (const input of inputs) {
      placed(input, out, { down: 0, across: 0, channel }, 'into');
      channel += input.shape[2];
    }
    return out.data;
  },
  backward({ inputs, shape }, signal) {
    let channel = 0;
    return inputs.map(({ shape: own, data }) => {
      const back = { shape: own, data: new Float32Array(data.length) };
      placed(back, { data: signal, shape }, { down: 0, across: 0, channel }, 'out');
      channel += own[2];
      return back.data;
    });
  },
};

export const add: Pass<'add'> = {
  forward({ inputs, shape }) {
    const out = { data: new Float32Array(elementsOf(shape)), shape };
    for (const input of inputs) placed(input, out, { down: 0, across: 0, channel: 0 }, 'into');
    return out.data;
  },
  backward({ inputs, shape }, signal) {
    return inputs.map(({ shape: own, data }) => {
      const back = { shape: own, data: new Float32Array(data.length) };
      placed(back, { data: signal, shape }, { down: 0, across: 0, channel: 0 }, 'out');
      return back.data;
    });
  },
};

interface Offset {
  readonly down: number;
  readonly across: number;
  readonly channel: number;
}

/** Add a part into a whole where it lies there, or read it out of it. */
function placed(part: Volume, whole: Volume, { down, across, channel }: Offset, way: 'into' | 'out'): void {
  const [height, width, channels] = part.shape;
  const [, wholeWidth, wholeChannels] = whole.shape;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * channels;
      const to = ((y + down) * wholeWidth + x + across) * wholeChannels + channel;
      for (let c = 0; c < channels; c++) {
        if (way === 'into') whole.data[to + c]! += part.data[from + c]!;
        else part.data[from + c] = whole.data[to + c]!;
      }
    }
}
