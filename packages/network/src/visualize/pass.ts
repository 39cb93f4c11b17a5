import type { Node } from '../graph.ts';
import type { Operation, OperationKind, Window } from '../operation.ts';
import { isMaps, type Maps, type Pair, type Shape } from '../shape.ts';

/** Numbers of one input or layer, `[height, width, channels]`, row-major; a vector is maps of one place. */
export interface Volume {
  readonly shape: Maps;
  readonly data: Float32Array;
}

/** One node at work, whatever it does. */
export interface Work {
  readonly node: Node;
  readonly inputs: readonly Volume[];
  /** Size of the output. */
  readonly shape: Maps;
  /** What the node has learnt, by part, such as `kernel`. */
  readonly part: (name: string) => Float32Array | undefined;
}

export interface Task<K extends OperationKind> extends Work {
  readonly operation: Extract<Operation, { kind: K }>;
}

/** An operation and its way back, side by side. */
export interface Pass<K extends OperationKind> {
  /** The output, `shape` of it. */
  forward(task: Task<K>): Float32Array;
  /**
   * From a signal at the output to one at each input: the transpose of what is linear; ReLU itself for ReLU; a pool's signal to
   * the place it was taken from.
   *
   * @see Zeiler & Fergus, Visualizing and Understanding Convolutional Networks, ECCV 2014, §2.1.
   */
  backward(task: Task<K>, signal: Float32Array): readonly Float32Array[];
}

export function asMaps(shape: Shape): Maps {
  return isMaps(shape) ? shape : [1, 1, shape[0]];
}

interface Slide {
  /** Size of the maps that have one number a window. */
  readonly small: Maps;
  /** Size of the maps that windows lie on. */
  readonly large: Maps;
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly dilation?: Pair;
  readonly pads: readonly [top: number, right: number, bottom: number, left: number];
}

/**
 * Go through all places of all windows that lie inside the maps.
 *
 * @param visit - Is given the numbers, row by row, of the window, of the place in the large maps, and of the place in the window.
 */
export function eachTap(
  { small, large, kernel, stride, dilation = [1, 1], pads }: Slide,
  visit: (window: number, place: number, tap: number) => void,
): void {
  const [height, width] = large;
  for (let sy = 0; sy < small[0]; sy++)
    for (let sx = 0; sx < small[1]; sx++)
      for (let ky = 0; ky < kernel[0]; ky++) {
        const y = sy * stride[0] + ky * dilation[0] - pads[0];
        if (y < 0 || y >= height) continue;
        for (let kx = 0; kx < kernel[1]; kx++) {
          const x = sx * stride[1] + kx * dilation[1] - pads[3];
          if (x >= 0 && x < width) visit(sy * small[1] + sx, y * width + x, ky * kernel[1] + kx);
        }
      }
}

/** The windows of a node over its first input. */
export function slideOf({ operation, node, inputs, shape }: Work & { readonly operation: SlidingWindow }): Slide {
  return { ...operation, small: shape, large: inputs[0]!.shape, pads: node.geometry!.pads };
}

type SlidingWindow = Window & { readonly dilation?: Pair };

/** Which places hold anything but zeros: after one unit's signal most hold none. */
export function livePlaces(data: Float32Array, channels: number): Uint8Array {
  const live = new Uint8Array(data.length / channels);
  for (let i = 0; i < data.length; i++) if (data[i] !== 0) live[Math.floor(i / channels)] = 1;
  return live;
}
