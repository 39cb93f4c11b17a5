import { FaceError } from '@kith/core';
import { elementsOf } from '../../shape.ts';
import type { WeightTensor } from '../../weights.ts';
import { fromHalves } from './small-floats.ts';

/** How a kind of number lies in a file, by NumPy's letter and size in bytes. */
interface NumberKind {
  readonly bytes: number;
  readonly read: (view: DataView, options: { readonly count: number; readonly isLittle: boolean }) => Float32Array;
}

const each =
  (bytes: number, value: (view: DataView, at: number, isLittle: boolean) => number): NumberKind['read'] =>
  (view, { count, isLittle }) => {
    const out = new Float32Array(count);
    for (let i = 0; i < count; i++) out[i] = value(view, i * bytes, isLittle);
    return out;
  };

const kinds: Readonly<Record<string, NumberKind>> = {
  f2: { bytes: 2, read: (view, order) => fromHalves(uint16s(view, order)) },
  f4: { bytes: 4, read: each(4, (view, at, isLittle) => view.getFloat32(at, isLittle)) },
  f8: { bytes: 8, read: each(8, (view, at, isLittle) => view.getFloat64(at, isLittle)) },
  i1: { bytes: 1, read: each(1, (view, at) => view.getInt8(at)) },
  i2: { bytes: 2, read: each(2, (view, at, isLittle) => view.getInt16(at, isLittle)) },
  i4: { bytes: 4, read: each(4, (view, at, isLittle) => view.getInt32(at, isLittle)) },
  i8: { bytes: 8, read: each(8, (view, at, isLittle) => Number(view.getBigInt64(at, isLittle))) },
  u1: { bytes: 1, read: each(1, (view, at) => view.getUint8(at)) },
  u2: { bytes: 2, read: each(2, (view, at, isLittle) => view.getUint16(at, isLittle)) },
  u4: { bytes: 4, read: each(4, (view, at, isLittle) => view.getUint32(at, isLittle)) },
  u8: { bytes: 8, read: each(8, (view, at, isLittle) => Number(view.getBigUint64(at, isLittle))) },
};

function uint16s(view: DataView, { count, isLittle }: Parameters<NumberKind['read']>[1]): Uint16Array {
  const out = new Uint16Array(count);
  for (let i = 0; i < count; i++) out[i] = view.getUint16(i * 2, isLittle);
  return out;
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** NumPy's own cap on dimensions, and a cap on the header that leaves room for any array of plain numbers. */
const maxRank = 32;
const maxHeaderBytes = 1 << 16;

interface Header {
  readonly kind: NumberKind;
  readonly isLittle: boolean;
  readonly isFortran: boolean;
  readonly shape: readonly number[];
  /** Where the numbers begin. */
  readonly offset: number;
}

/**
 * Read a NumPy array of versions 1 to 3: floats of 2, 4 or 8 bytes, whole numbers of 1 to 8, of either byte order.
 *
 * @param bytes - The whole file.
 * @param name - For messages.
 * @returns Row-major, whichever order the file has; rounded to single precision.
 * @throws {FaceError} `WEIGHTS_MALFORMED` saying what was expected and what was got.
 * @see Kern, NEP 1, A simple file format for NumPy arrays, 2007.
 */
export function readNpy(bytes: Uint8Array, { name = 'The array' }: { readonly name?: string } = {}): WeightTensor {
  const { kind, isLittle, isFortran, shape, offset } = readHeader(bytes, name);
  const count = elementsOf(shape);
  const expected = count * kind.bytes;
  if (bytes.length - offset !== expected) {
    throw malformed(name, `has ${bytes.length - offset} bytes of numbers, expected ${expected}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, expected);
  const data = kind.read(view, { count, isLittle });
  return { shape, data: isFortran && shape.length > 1 ? rowMajor(data, shape) : data };
}

function readHeader(bytes: Uint8Array, name: string): Header {
  if (bytes.length < 10 || magic.some((byte, i) => bytes[i] !== byte)) throw malformed(name, 'is no .npy file');
  const [major, minor] = [bytes[6]!, bytes[7]!];
  if (major < 1 || major > 3 || minor !== 0)
    throw malformed(name, `is of version ${major}.${minor}, expected 1.0 to 3.0`);
  const begin = major === 1 ? 10 : 12;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < begin) throw malformed(name, 'ends within its header');
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > Math.min(bytes.length - begin, maxHeaderBytes)) {
    const room = Math.min(bytes.length - begin, maxHeaderBytes);
    throw malformed(name, `claims a header of ${length} bytes, expected at most ${room}`);
  }
  const text = new TextDecoder(major === 3 ? 'utf-8' : 'latin1').decode(bytes.subarray(begin, begin + length));
  return { ...parseHeader(text, name), offset: begin + length };
}

const field =
  /\s*(['"])(descr|fortran_order|shape)\1\s*:\s*(?:(['"])([^'"]*)\3|(True|False)|\(([\d\s,]*)\))\s*(,|(?=\}))/y;

/** Parse the header's Python dictionary, whose three keys may come in any order. */
function parseHeader(text: string, name: string): Omit<Header, 'offset'> {
  const fields = new Map<string, string>();
  let at = text.indexOf('{') + 1;
  for (field.lastIndex = at; ; at = field.lastIndex) {
    const found = field.exec(text);
    if (!found) break;
    const [, , key, , quoted, truth, tuple] = found;
    if (fields.has(key!)) throw malformed(name, `says ${key} twice`);
    fields.set(key!, quoted ?? truth ?? tuple!);
  }
  const [descr, order, tuple] = ['descr', 'fortran_order', 'shape'].map((key) => fields.get(key));
  if (!text.trimStart().startsWith('{') || text.slice(at).trim() !== '}' || fields.size !== 3) {
    throw malformed(name, 'has a header that is no dictionary of descr, fortran_order and shape');
  }
  return { ...numberKind(descr!, name), isFortran: order === 'True', shape: shapeOf(tuple!, name) };
}

function numberKind(descr: string, name: string): Pick<Header, 'kind' | 'isLittle'> {
  const [, order, code] = /^([<>|]?)([fiu]\d)$/.exec(descr) ?? [];
  const kind = Object.hasOwn(kinds, code ?? '') ? kinds[code!]! : undefined;
  if (!kind || (order !== '<' && order !== '>' && kind.bytes > 1)) {
    throw malformed(
      name,
      `holds ${JSON.stringify(descr)}, expected < or > with one of ${Object.keys(kinds).join(', ')}`,
    );
  }
  return { kind, isLittle: order !== '>' };
}

function shapeOf(tuple: string, name: string): readonly number[] {
  const parts = tuple.split(',').map((part) => part.trim());
  // a tuple of one has a comma after it, and a longer one may
  if (parts.at(-1) === '') parts.pop();
  const shape = parts.map(Number);
  const isSound =
    parts.every((part) => /^\d+$/.test(part)) && shape.length <= maxRank && Number.isSafeInteger(elementsOf(shape) * 8);
  if (!isSound) throw malformed(name, `has the shape (${tuple.slice(0, 80)}), expected whole numbers`);
  return shape;
}

/** Column-major numbers, row by row. */
function rowMajor(data: Float32Array, shape: readonly number[]): Float32Array {
  const out = new Float32Array(data.length);
  const place = shape.map(() => 0);
  const strides = shape.map((_, axis) => elementsOf(shape.slice(0, axis)));
  for (let i = 0, from = 0; i < out.length; i++) {
    out[i] = data[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++place[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      place[axis] = 0;
    }
  }
  return out;
}

function malformed(name: string, what: string): FaceError {
  return new FaceError('WEIGHTS_MALFORMED', `${name} ${what}.`);
}
