import { elementsOf, type Maps, type Node, type Operation, type OperationKind } from '../../index.ts';

/** The numbers behind a node, and their size; a vector counts as maps of one place. */
export interface Value {
  readonly shape: Maps;
  readonly data: Float64Array;
}

export type ReadPart = (part: string) => ArrayLike<number>;

export interface Task<K extends OperationKind> {
  readonly operation: Extract<Operation, { kind: K }>;
  readonly node: Node;
  readonly x: Value;
  readonly inputs: readonly Value[];
  readonly shape: Maps;
  /** What the node has learnt, by part, such as `kernel`. */
  readonly part: ReadPart;
}

/** One number of a node's output. */
export type Compute<K extends OperationKind> = (task: Task<K>) => (y: number, x: number, c: number) => number;

const isInside = ({ shape: [height, width] }: Value, y: number, x: number) =>
  y >= 0 && y < height && x >= 0 && x < width;

/** A number of maps; zero beside them. */
export function at(maps: Value, y: number, x: number, c: number): number {
  const [, width, channels] = maps.shape;
  return isInside(maps, y, x) && c < channels ? maps.data[(y * width + x) * channels + c]! : 0;
}

export const range = (count: number) => Array.from({ length: count }, (_, i) => i);
export const sum = (terms: readonly number[]) => terms.reduce((total, term) => total + term, 0);

interface Tap {
  /** Place in the kernel. */
  readonly ky: number;
  readonly kx: number;
  /** Place in the input, which may lie beside it. */
  readonly y: number;
  readonly x: number;
}

/** Where the window of one output place reaches. */
function taps({ operation, node }: Pick<Task<WindowKind>, 'operation' | 'node'>, oy: number, ox: number): Tap[] {
  const [top, , , left] = node.geometry!.pads;
  const [dilationDown, dilationAcross] = 'dilation' in operation ? operation.dilation : [1, 1];
  return range(operation.kernel[0]).flatMap((ky) =>
    range(operation.kernel[1]).map((kx) => ({
      ky,
      kx,
      y: oy * operation.stride[0] + ky * dilationDown - top,
      x: ox * operation.stride[1] + kx * dilationAcross - left,
    })),
  );
}

export type WindowKind =
  | 'conv'
  | 'depthwiseConv'
  | 'transposedConv'
  | 'locallyConnected'
  | 'maxPool'
  | 'averagePool'
  | 'lpPool';

/** Windows over maps, one number of the output at a time. */
export const windowDefinitions: { readonly [K in WindowKind]: Compute<K> } = {
  conv(task) {
    const { operation, x, part } = task;
    const each = x.shape[2] / operation.groups;
    return (oy, ox, f) => {
      const first = Math.floor(f / (operation.filters / operation.groups)) * each;
      const products = taps(task, oy, ox).flatMap(({ ky, kx, ...p }) =>
        range(each).map(
          (i) =>
            at(x, p.y, p.x, first + i) *
            part('kernel')[((ky * operation.kernel[1] + kx) * each + i) * operation.filters + f]!,
        ),
      );
      return sum(products) + (part('bias')[f] ?? 0);
    };
  },
  depthwiseConv(task) {
    const { operation, x, part } = task;
    const outputs = x.shape[2] * operation.multiplier;
    return (oy, ox, f) => {
      const products = taps(task, oy, ox).map(
        ({ ky, kx, ...p }) =>
          at(x, p.y, p.x, Math.floor(f / operation.multiplier)) *
          part('kernel')[(ky * operation.kernel[1] + kx) * outputs + f]!,
      );
      return sum(products) + (part('bias')[f] ?? 0);
    };
  },
  transposedConv({ operation, node, x, part }) {
    const { kernel, stride, filters, groups } = operation;
    const [top, , , left] = node.geometry!.pads;
    const [height, width, channels] = x.shape;
    return (oy, ox, f) => {
      let total = part('bias')[f] ?? 0;
      for (let iy = 0; iy < height; iy++)
        for (let ix = 0; ix < width; ix++) {
          const [ky, kx] = [oy + top - iy * stride[0], ox + left - ix * stride[1]];
          if (ky < 0 || kx < 0 || ky >= kernel[0] || kx >= kernel[1]) continue;
          for (let c = 0; c < channels; c++) {
            const group = Math.floor(c / (channels / groups));
            if (group !== Math.floor(f / (filters / groups))) continue;
            const row = (ky * kernel[1] + kx) * (filters / groups) + (f % (filters / groups));
            total += at(x, iy, ix, c) * part('kernel')[row * channels + c]!;
          }
        }
      return total;
    };
  },
  locallyConnected(task) {
    const { operation, x, part, shape } = task;
    const { kernel, region, filters } = operation;
    const channels = x.shape[2];
    const length = kernel[0] * kernel[1] * channels;
    return (oy, ox, f) => {
      const cell = Math.floor(oy / region[0]) * Math.ceil(shape[1] / region[1]) + Math.floor(ox / region[1]);
      const products = taps(task, oy, ox).flatMap(({ ky, kx, ...p }) =>
        range(channels).map((c) => {
          const row = (ky * kernel[1] + kx) * channels + c;
          return at(x, p.y, p.x, c) * part('kernel')[(cell * length + row) * filters + f]!;
        }),
      );
      return sum(products) + (part('bias')[cell * filters + f] ?? 0);
    };
  },
  maxPool: (task) => (oy, ox, c) =>
    Math.max(
      ...taps(task, oy, ox)
        .filter(({ y, x }) => isInside(task.x, y, x))
        .map(({ y, x }) => at(task.x, y, x, c)),
    ),
  averagePool: (task) => (oy, ox, c) => {
    const [top, right, bottom, left] = task.operation.countPadding ? task.node.geometry!.pads : [0, 0, 0, 0];
    const [height, width] = task.x.shape;
    const counted = taps(task, oy, ox).filter(
      ({ y, x }) => y >= -top && y < height + bottom && x >= -left && x < width + right,
    );
    return sum(counted.map(({ y, x }) => at(task.x, y, x, c))) / Math.max(counted.length, 1);
  },
  lpPool: (task) => (oy, ox, c) => {
    const { p, form, kernel } = task.operation;
    const total = sum(taps(task, oy, ox).map(({ y, x }) => Math.abs(at(task.x, y, x, c)) ** p));
    return (form === 'sum' ? total : total / elementsOf(kernel)) ** (1 / p);
  },
};
