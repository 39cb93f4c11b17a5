import type { OnnxModel } from '../../runtime.ts';

/** @returns A model file that adds its input to itself: as small as a network gets, for probes and tests. Open sizes have names. */
export function doublingModel(shape: readonly (number | string)[]): OnnxModel {
  const value = (name: string) => [...text(1, name), ...message(2, tensorType(['batch', ...shape]))];
  const node = [...text(1, 'input'), ...text(1, 'input'), ...text(2, 'output'), ...text(4, 'Add')];
  const graph = [
    ...message(1, node),
    ...text(2, 'doubling'),
    ...message(11, value('input')),
    ...message(12, value('output')),
  ];
  const irVersion = [1 << 3, 8];
  const opset = message(8, [2 << 3, 17]);
  return { onnx: Uint8Array.from([...irVersion, ...message(7, graph), ...opset]) };
}

function tensorType(shape: readonly (number | string)[]): number[] {
  const dimension = (size: number | string) =>
    message(1, typeof size === 'number' ? [1 << 3, ...varint(size)] : text(2, size));
  const float32 = [1 << 3, 1];
  return message(1, [...float32, ...message(2, shape.flatMap(dimension))]);
}

/** A field of protocol buffers that holds bytes. */
function message(field: number, bytes: readonly number[]): number[] {
  return [(field << 3) | 2, ...varint(bytes.length), ...bytes];
}

function text(field: number, value: string): number[] {
  return message(field, [...new TextEncoder().encode(value)]);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}
