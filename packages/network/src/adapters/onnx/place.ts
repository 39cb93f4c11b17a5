import type { Node } from '../../graph.ts';
import type { Operation, OperationKind } from '../../operation.ts';
import { isMaps, type Sides } from '../../shape.ts';
import type { Weights } from '../../weights.ts';
import type { OnnxWriter } from './onnx-writer.ts';

/** Where one operation is written: what it reads and under which name its value goes. */
export interface Place<K extends OperationKind = OperationKind> {
  readonly node: Node;
  readonly operation: Extract<Operation, { kind: K }>;
  readonly writer: OnnxWriter;
  readonly weights: Weights;
  /** Names of the values it reads, `[n, c, h, w]` or `[n, c]`. */
  readonly inputs: readonly string[];
  readonly output: string;
}

/** A place of any operation, for what does not ask which. */
export type AnyPlace = Omit<Place, 'operation'>;

/** Write one operation; gives back the name of its value. */
export type Write<K extends OperationKind> = (place: Place<K>) => string;

/** The name of a value or constant that belongs to a node alone. */
export function within({ node }: AnyPlace, part: string): string {
  return `${node.name}:${part}`;
}

/** What a node has learnt under a name such as `gamma`. */
export function learnt({ node, weights }: AnyPlace, part: string): Float32Array | undefined {
  return weights.get(`${node.name}/${part}`)?.data;
}

/** Add constants of which each channel has one; gives back their name. */
export function channelConstants(place: AnyPlace, part: string, data: Float32Array): string {
  return place.writer.floats(within(place, part), data, isMaps(place.node.shape) ? [data.length, 1, 1] : [data.length]);
}

/** Add one number; gives back its name. */
export function numberConstant(place: AnyPlace, part: string, value: number): string {
  return place.writer.floats(within(place, part), Float32Array.of(value), []);
}

/** Put zeros around the maps that a node reads; gives back the name of the larger maps. */
export function zerosAround({ node, writer, inputs }: AnyPlace, sides: Sides, output: string): string {
  const [top, right, bottom, left] = sides;
  const pads = writer.integers(`${node.name}:sides`, [0, 0, top, left, 0, 0, bottom, right]);
  return writer.node('Pad', [inputs[0]!, pads], { output });
}
