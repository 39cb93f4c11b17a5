import { FaceError } from '@kith/core';
import { elementsOf, formatShape } from '../../shape.ts';
import type { Weights, WeightTensor } from '../../weights.ts';
import { repeatedKey } from './repeated-key.ts';
import { fitHalves, fromBfloats, fromHalves, toHalves } from './small-floats.ts';

/** What a safetensors file holds. */
export interface Safetensors {
  readonly weights: Weights;
  /** Free text under free keys. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Numbers of four bytes, or of two with three digits. */
export type Precision = 'single' | 'half';

export interface EncodeOptions {
  readonly precision?: Precision;
}

/** The fewest bytes that hold weights to three digits: half precision unless a number is too large for it. */
export function leastPrecision(weights: Weights): Precision {
  return [...weights.values()].every(({ data }) => fitHalves(data)) ? 'half' : 'single';
}

const metadataKey = '__metadata__';

/** Bytes of the header's length before the header. */
const lengthBytes = 8;

/** The cap that the format itself sets. */
const maxHeaderBytes = 100_000_000;

const kinds: Readonly<Record<string, { readonly bytes: number; readonly read: (numbers: DataView) => Float32Array }>> =
  {
    F32: {
      bytes: 4,
      read: (view) => numbersOf(new Float32Array(view.byteLength / 4), (at) => view.getFloat32(at * 4, true)),
    },
    F16: { bytes: 2, read: (view) => fromHalves(halvesOf(view)) },
    BF16: { bytes: 2, read: (view) => fromBfloats(halvesOf(view)) },
  };

/**
 * Write tensors in the safetensors format, in the order they come.
 *
 * @throws {FaceError} `WEIGHTS_NOT_FINITE` for a finite number that is none in half precision.
 * @see Hugging Face, safetensors, "Format", 2022.
 */
export function encodeSafetensors(
  { weights, metadata }: Safetensors,
  { precision = 'single' }: EncodeOptions = {},
): Uint8Array {
  const { dtype, bytes: size, write } = writers[precision];
  const header: Record<string, unknown> = { [metadataKey]: metadata };
  let end = 0;
  for (const [name, { shape, data }] of weights) {
    const begin = end;
    end += data.length * size;
    header[name] = { dtype, shape, data_offsets: [begin, end] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  // spaces after the header bring the numbers to a multiple of eight
  const headerBytes = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(lengthBytes + headerBytes + end);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerBytes), true);
  bytes.fill(0x20, lengthBytes, lengthBytes + headerBytes).set(text, lengthBytes);
  let at = lengthBytes + headerBytes;
  for (const [name, { data }] of weights) {
    write(view, { name, data, at });
    at += data.length * size;
  }
  return bytes;
}

interface Placing {
  readonly name: string;
  readonly data: Float32Array;
  /** First byte. */
  readonly at: number;
}

const writers = {
  single: {
    dtype: 'F32',
    bytes: 4,
    write(view: DataView, { data, at }: Placing) {
      for (let i = 0; i < data.length; i++) view.setFloat32(at + i * 4, data[i]!, true);
    },
  },
  half: {
    dtype: 'F16',
    bytes: 2,
    write(view: DataView, { name, data, at }: Placing) {
      const bits = toHalves(data);
      for (let i = 0; i < data.length; i++) {
        if ((bits[i]! & 0x7fff) === 0x7c00 && Number.isFinite(data[i])) {
          throw new FaceError(
            'WEIGHTS_NOT_FINITE',
            `${name} holds ${data[i]} at ${i}, expected at most 65,504 for half precision.`,
          );
        }
        view.setUint16(at + i * 2, bits[i]!, true);
      }
    },
  },
} as const;

/**
 * Read a safetensors file whose tensors are single-precision, half-precision or bfloat16 numbers.
 *
 * @param bytes - The whole file.
 * @param name - For messages.
 * @throws {FaceError} `WEIGHTS_MALFORMED` naming the tensor, what was expected and what was got.
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  { name = 'The file' }: { readonly name?: string } = {},
): Safetensors {
  const { header, offset } = readHeader(bytes, name);
  const { [metadataKey]: metadata = {}, ...entries } = header;
  if (!isRecord(metadata) || Object.values(metadata).some((value) => typeof value !== 'string')) {
    throw malformed(name, `has a ${metadataKey} that is not text under names`);
  }
  const tensors = Object.entries(entries).map(([tensor, entry]) => placed(`${name}: ${tensor}`, tensor, entry));
  assertCovered(tensors, { name, length: bytes.length - offset });
  const weights = tensors.map(({ tensor, dtype, shape, begin, end }): [string, WeightTensor] => {
    const numbers = new DataView(bytes.buffer, bytes.byteOffset + offset + begin, end - begin);
    return [tensor, { shape, data: kinds[dtype]!.read(numbers) }];
  });
  return { weights: new Map(weights), metadata: metadata as Record<string, string> };
}

function readHeader(bytes: Uint8Array, name: string) {
  if (bytes.length < lengthBytes) throw malformed(name, `has ${bytes.length} bytes, expected at least ${lengthBytes}`);
  const claimed = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  const room = Math.min(bytes.length - lengthBytes, maxHeaderBytes);
  if (claimed > BigInt(room)) throw malformed(name, `claims a header of ${claimed} bytes, expected at most ${room}`);
  const offset = lengthBytes + Number(claimed);
  return { header: parseHeader(bytes.subarray(lengthBytes, offset), name), offset };
}

function parseHeader(bytes: Uint8Array, name: string): Record<string, unknown> {
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    header = JSON.parse(text);
  } catch (cause) {
    throw malformed(name, 'has a header that is not JSON in UTF-8', cause);
  }
  if (!text.startsWith('{') || !isRecord(header)) throw malformed(name, 'has a header that is no JSON object');
  const repeated = repeatedKey(text);
  if (repeated !== undefined) throw malformed(name, `names ${repeated} twice in its header`);
  return header;
}

interface PlacedTensor {
  readonly tensor: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Bytes from the end of the header. */
  readonly begin: number;
  readonly end: number;
}

function placed(what: string, tensor: string, entry: unknown): PlacedTensor {
  const { dtype, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
  if (typeof dtype !== 'string' || !Object.hasOwn(kinds, dtype)) {
    throw malformed(what, `holds ${JSON.stringify(dtype)}, expected ${Object.keys(kinds).join(', ')}`);
  }
  if (!areSizes(shape)) throw malformed(what, `has the shape ${JSON.stringify(shape)}, expected whole numbers`);
  if (!areOffsets(offsets)) {
    throw malformed(what, `lies at ${JSON.stringify(offsets)}, expected two whole numbers`);
  }
  const [begin, end] = offsets;
  const { bytes } = kinds[dtype]!;
  if (end - begin !== elementsOf(shape) * bytes) {
    throw malformed(
      what,
      `has ${end - begin} bytes, expected ${elementsOf(shape) * bytes} for ${dtype} ${formatShape(shape)}`,
    );
  }
  if (begin % bytes !== 0) throw malformed(what, `begins at byte ${begin}, expected a multiple of ${bytes}`);
  return { tensor, dtype, shape, begin, end };
}

function areOffsets(value: unknown): value is readonly [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((at) => Number.isSafeInteger(at) && at >= 0);
}

/** Every byte after the header is of one tensor. */
function assertCovered(
  tensors: readonly PlacedTensor[],
  { name, length }: { readonly name: string; readonly length: number },
) {
  let covered = 0;
  for (const { tensor, begin, end } of [...tensors].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== covered) throw malformed(name, `has ${tensor} begin at byte ${begin}, expected ${covered}`);
    covered = end;
  }
  if (covered !== length) throw malformed(name, `has ${length} bytes of numbers, expected ${covered}`);
}

function areSizes(value: unknown): value is readonly number[] {
  return (
    Array.isArray(value) &&
    value.every((size) => Number.isSafeInteger(size) && size >= 0) &&
    Number.isSafeInteger(elementsOf(value.filter((size) => size > 0)) * 4)
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function halvesOf(view: DataView): Uint16Array {
  return numbersOf(new Uint16Array(view.byteLength / 2), (at) => view.getUint16(at * 2, true));
}

function numbersOf<Numbers extends Float32Array | Uint16Array>(out: Numbers, read: (at: number) => number): Numbers {
  for (let i = 0; i < out.length; i++) out[i] = read(i);
  return out;
}

function malformed(what: string, message: string, cause?: unknown): FaceError {
  return new FaceError('WEIGHTS_MALFORMED', `${what} ${message}.`, { cause });
}
