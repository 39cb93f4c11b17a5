import { type Geometry, reach } from '../../geometry.ts';
import type { Operation } from '../../operation.ts';
import type { Maps, Pair } from '../../shape.ts';
import type { Tensor4D, TensorFlow } from './tensorflow.ts';

export type Of<K extends Operation['kind']> = Extract<Operation, { kind: K }>;

/** A window's place: its edges, and the sizes around it. */
export interface WindowPlace {
  readonly geometry: Geometry;
  readonly input: Maps;
  readonly output: Maps;
}

/** The padding that TensorFlow's own words give, or none where the maps must be padded first. */
export function namedPadding(
  { kernel, stride, dilation = [1, 1] }: { kernel: Pair; stride: Pair; dilation?: Pair },
  { geometry: { pads, overhang }, input }: WindowPlace,
): 'same' | 'valid' | undefined {
  if ([...pads, ...overhang].every((side) => side === 0)) return 'valid';
  const total = (axis: 0 | 1) => {
    const count = Math.ceil(input[axis] / stride[axis]);
    return Math.max(0, (count - 1) * stride[axis] + reach(kernel[axis], dilation[axis]) - input[axis]);
  };
  const [down, across] = [total(0), total(1)];
  const same = [Math.floor(down / 2), Math.ceil(across / 2), Math.ceil(down / 2), Math.floor(across / 2)];
  return overhang.every((side) => side === 0) && same.every((side, i) => side === pads[i]) ? 'same' : undefined;
}

/** Put a value around maps: the pads, and what the last windows reach beyond them. */
export function padded(tf: TensorFlow, x: Tensor4D, { pads, overhang }: Geometry, value = 0): Tensor4D {
  const [top, right, bottom, left] = pads;
  if ([...pads, ...overhang].every((side) => side === 0)) return x;
  return tf.pad(
    x,
    [
      [0, 0],
      [top, bottom + overhang[0]],
      [left, right + overhang[1]],
      [0, 0],
    ],
    value,
  );
}

/** The maps, padded where TensorFlow's own padding does not do it, and the padding left to do. */
export function prepared(tf: TensorFlow, x: Tensor4D, window: Parameters<typeof namedPadding>[0], place: WindowPlace) {
  const padding = namedPadding(window, place);
  return padding === undefined
    ? ({ maps: padded(tf, x, place.geometry), padding: 'valid' } as const)
    : { maps: x, padding };
}
