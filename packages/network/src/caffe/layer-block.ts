import { lineOf, messagesOf, numbersOf, textOf, textsOf } from './fields.ts';
import { invalidAt, type Message } from './text-format.ts';

/** A layer of a Caffe file. */
export interface CaffeLayer {
  readonly name: string;
  /** As the newer files write it, such as `Convolution`. */
  readonly type: string;
  readonly bottoms: readonly string[];
  readonly tops: readonly string[];
  readonly line: number;
  readonly message: Message;
}

/** No network has more, nor a layer more blobs. */
const most = 10_000;

/** How older files write a type that is more than its words put together. */
const odd: Readonly<Record<string, string>> = {
  RELU: 'ReLU',
  PRELU: 'PReLU',
  TANH: 'TanH',
  LRN: 'LRN',
  SOFTMAX_LOSS: 'SoftmaxWithLoss',
  HDF5_DATA: 'HDF5Data',
};

/**
 * The layers of a file that run in testing.
 *
 * @throws {FaceError} `NETWORK_INVALID` for one without name or type.
 */
export function layersOf(file: Message): readonly CaffeLayer[] {
  const blocks = file.fields.filter(({ name }) => name === 'layer' || name === 'layers');
  if (blocks.length > most)
    throw invalidAt(blocks[most]!.line, `expected at most ${most} layers, got ${blocks.length}`);
  return blocks
    .map(({ value, line, name }) => {
      if (value.kind === 'message') return layerOf(value, line);
      throw invalidAt(line, `${name} is ${JSON.stringify(value.text)}, expected a block in braces`);
    })
    .filter(({ message }) => isInTest(message));
}

function layerOf(message: Message, line: number): CaffeLayer {
  const name = textOf(message, 'name');
  const type = textOf(message, 'type');
  if (!name) throw invalidAt(line, 'a layer has no name');
  if (!type) throw invalidAt(line, `layer ${name} has no type`);
  const [bottoms, tops] = [textsOf(message, 'bottom'), textsOf(message, 'top')];
  if (Math.max(bottoms.length, tops.length) > most) {
    throw invalidAt(
      line,
      `layer ${name} has ${bottoms.length} bottoms and ${tops.length} tops, expected at most ${most}`,
    );
  }
  return { name, type: typeName(type), bottoms, tops, line, message };
}

/** `INNER_PRODUCT` of the older files is `InnerProduct`. */
function typeName(type: string): string {
  if (!/^[A-Z][A-Z0-9_]+$/.test(type) || type === 'LRN') return type;
  const words = type.split('_').map((word) => word.charAt(0) + word.slice(1).toLowerCase());
  return odd[type] ?? words.join('');
}

/** Whether a layer's `include` and `exclude` rules let it run in phase TEST, at level 0, in no stage. */
function isInTest(layer: Message): boolean {
  const includes = messagesOf(layer, 'include');
  const excludes = messagesOf(layer, 'exclude');
  if (includes.length > 0 && excludes.length > 0) {
    throw invalidAt(lineOf(layer, 'exclude'), 'a layer has rules to include and to exclude it, expected one kind');
  }
  return includes.length > 0 ? includes.some(isMet) : !excludes.some(isMet);
}

function isMet(rule: Message): boolean {
  const phase = textOf(rule, 'phase');
  return (
    (phase === undefined || phase === 'TEST' || phase === '1') &&
    numbersOf(rule, 'min_level').every((level) => level <= 0) &&
    numbersOf(rule, 'max_level').every((level) => level >= 0) &&
    textsOf(rule, 'stage').length === 0
  );
}
