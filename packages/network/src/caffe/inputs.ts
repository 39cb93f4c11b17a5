import type { Maps, Shape } from '../shape.ts';
import { flagOf, lineOf, messageOf, messagesOf, textsOf, wholeOf, wholesOf } from './fields.ts';
import type { CaffeLayer } from './layer-block.ts';
import { invalidAt, type Message } from './text-format.ts';

/** Something that a network is given from outside. */
export interface CaffeInput {
  readonly blob: string;
  readonly shape: Shape;
  readonly line: number;
}

/** Layers that read data sets. Their first top is the pictures, their second the labels. */
const dataTypes: ReadonlySet<string> = new Set([
  'Data',
  'ImageData',
  'HDF5Data',
  'MemoryData',
  'WindowData',
  'DummyData',
]);

export function isInputLayer({ type }: CaffeLayer): boolean {
  return type === 'Input' || dataTypes.has(type);
}

/** The inputs that a file names before its layers, with `input_dim` or `input_shape` beside them. */
export function declaredInputs(file: Message): readonly CaffeInput[] {
  const dims = wholesOf(file, 'input_dim', 0);
  const shapes = messagesOf(file, 'input_shape');
  const line = lineOf(file, 'input');
  return textsOf(file, 'input').map((blob, i) => {
    const shape = shapes[i] ? wholesOf(shapes[i], 'dim', 0) : dims.slice(4 * i, 4 * i + 4);
    return { blob, shape: shapeOf(shape, { blob, line }), line };
  });
}

/** What an input layer gives. */
export function layerInputs({ name, type, tops, line, message }: CaffeLayer): readonly CaffeInput[] {
  if (tops.length === 0) throw invalidAt(line, `layer ${name} has no top`);
  if (type !== 'Input') return [{ blob: tops[0]!, shape: pictureShape(name, line, message), line }];
  const shapes = messagesOf(messageOf(message, 'input_param'), 'shape').map((shape) => wholesOf(shape, 'dim', 0));
  return tops.map((blob, i) => {
    // one shape may stand for all
    const shape = shapes.length === 1 ? shapes[0]! : (shapes[i] ?? []);
    return { blob, shape: shapeOf(shape, { blob, line }), line };
  });
}

function pictureShape(name: string, line: number, layer: Message): Maps {
  const memory = messageOf(layer, 'memory_data_param');
  const [channels, height, width] = ['channels', 'height', 'width'].map((side) => wholeOf(memory, side, 1));
  if (channels && height && width) return [height, width, channels];
  const transform = messageOf(layer, 'transform_param');
  const crop = [transform, messageOf(layer, 'data_param'), messageOf(layer, 'image_data_param')]
    .map((settings) => wholeOf(settings, 'crop_size', 1))
    .find((size) => size !== undefined);
  if (crop === undefined) {
    throw invalidAt(
      line,
      `layer ${name} does not say how large its pictures are, expected transform_param { crop_size }`,
    );
  }
  return [crop, crop, flagOf(transform, 'force_gray', false) ? 1 : 3];
}

/** From count, channels, height, width to height, width, channels. */
function shapeOf(dims: readonly number[], { blob, line }: { readonly blob: string; readonly line: number }): Shape {
  const [, channels, height, width] = dims;
  if (dims.slice(1).every((size) => size > 0)) {
    if (dims.length === 4) return [height!, width!, channels!];
    if (dims.length === 2) return [channels!];
  }
  const got = dims.length === 0 ? 'none' : dims.join(', ');
  throw invalidAt(line, `the input ${blob} needs four sizes (count, channels, height, width) or two, got ${got}`);
}
