import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Weights } from '../../weights.ts';
import { decodeSafetensors, encodeSafetensors, leastPrecision, type Precision } from './safetensors.ts';

/** A file of a header as text and the bytes after it. */
function fileOf(header: string | Uint8Array, numbers: readonly number[], { claimed }: { claimed?: bigint } = {}) {
  const text = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + numbers.length);
  new DataView(bytes.buffer).setBigUint64(0, claimed ?? BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(numbers, 8 + text.length);
  return bytes;
}

const entry = (dtype: string, shape: readonly unknown[], offsets: readonly unknown[]) =>
  JSON.stringify({ dtype, shape, data_offsets: offsets });

describe('reading safetensors', () => {
  test('reads a file put together by hand, byte for byte', () => {
    const header =
      '{"__metadata__":{"network":"n"},"b":{"dtype":"F16","shape":[2],"data_offsets":[8,12]},' +
      '"a/kernel":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"c":{"dtype":"BF16","shape":[],"data_offsets":[12,14]}}  ';
    // 1 and -2 single, 0.5 and -0 half, 1 bfloat
    const numbers = [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 0x00, 0x38, 0x00, 0x80, 0x80, 0x3f];
    const { weights, metadata } = decodeSafetensors(fileOf(header, numbers));
    expect(metadata).toEqual({ network: 'n' });
    expect(weights).toEqual(
      new Map([
        ['b', { shape: [2], data: Float32Array.of(0.5, -0) }],
        ['a/kernel', { shape: [1, 2], data: Float32Array.of(1, -2) }],
        ['c', { shape: [], data: Float32Array.of(1) }],
      ]),
    );
  });

  test('reads bytes that begin anywhere in their buffer, and tensors without numbers', () => {
    const header = `{"none":${entry('F32', [0, 3], [0, 0])},"one":${entry('F32', [1], [0, 4])}}`;
    const file = fileOf(header, [0, 0, 0x80, 0x3f]);
    const buffer = new Uint8Array(file.length + 3);
    buffer.set(file, 3);
    const { weights } = decodeSafetensors(buffer.subarray(3));
    expect(weights.get('none')).toEqual({ shape: [0, 3], data: new Float32Array(0) });
    expect(weights.get('one')).toEqual({ shape: [1], data: Float32Array.of(1) });
  });

  const four = [0, 0, 0, 0];
  test.each<[string, Uint8Array, string]>([
    ['is shorter than its length field', new Uint8Array(7), 'has 7 bytes'],
    ['claims more header than there is', fileOf('{}', [], { claimed: 3n }), 'claims a header of 3 bytes'],
    ['claims a header beyond any file', fileOf('{}', [], { claimed: 2n ** 64n - 1n }), '18446744073709551615'],
    ['is not JSON', fileOf('{"a":', []), 'not JSON in UTF-8'],
    ['is not UTF-8', fileOf(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d), []), 'not JSON in UTF-8'],
    ['begins with a byte order mark', fileOf('\ufeff{}', []), 'not JSON in UTF-8'],
    ['begins with a space', fileOf(' {}', []), 'no JSON object'],
    ['is a list', fileOf('[]', []), 'no JSON object'],
    ['nests deeper than any parser goes', fileOf('['.repeat(200_000), []), 'not JSON in UTF-8'],
    ['has metadata that is no text', fileOf('{"__metadata__":{"a":1}}', []), '__metadata__'],
    ['has an entry that is no object', fileOf('{"a":null}', []), 'a holds undefined'],
    ['has whole numbers', fileOf(`{"a":${entry('I32', [1], [0, 4])}}`, four), 'a holds "I32", expected F32, F16, BF16'],
    ['has a kind of an object', fileOf(`{"a":${entry('toString', [1], [0, 4])}}`, four), 'a holds "toString"'],
    ['has a size below zero', fileOf(`{"a":${entry('F32', [-1, -1], [0, 4])}}`, four), 'the shape [-1,-1]'],
    ['has a size that is broken', fileOf(`{"a":${entry('F32', [0.5, 2], [0, 4])}}`, four), 'the shape [0.5,2]'],
    ['has sizes beyond counting', fileOf(`{"a":${entry('F32', [2 ** 40, 2 ** 40], [0, 4])}}`, four), 'the shape'],
    ['has one offset', fileOf(`{"a":${entry('F32', [1], [0])}}`, four), 'lies at [0]'],
    ['has offsets that run back', fileOf(`{"a":${entry('F32', [1], [4, 0])}}`, four), 'has -4 bytes, expected 4'],
    ['ends beyond the file', fileOf(`{"a":${entry('F32', [2], [0, 8])}}`, four), 'has 4 bytes of numbers, expected 8'],
    ['has other bytes than its shape', fileOf(`{"a":${entry('F32', [2], [0, 4])}}`, four), 'a has 4 bytes, expected 8'],
    ['leaves bytes at the end', fileOf(`{"a":${entry('F32', [1], [0, 4])}}`, [...four, 0]), 'has 5 bytes of numbers'],
    ['leaves bytes before', fileOf(`{"a":${entry('F16', [1], [2, 4])}}`, four), 'a begin at byte 2, expected 0'],
    [
      'overlaps',
      fileOf(`{"a":${entry('F32', [1], [0, 4])},"b":${entry('F16', [1], [2, 4])}}`, four),
      'b begin at byte 2, expected 4',
    ],
    [
      'is misaligned',
      fileOf(`{"a":${entry('F16', [1], [0, 2])},"b":${entry('F32', [1], [2, 6])}}`, [...four, 0, 0]),
      'b begins at byte 2, expected a multiple of 4',
    ],
    [
      'names a tensor twice, once with an escape',
      fileOf(`{"a":${entry('F16', [1], [0, 2])},"\\u0061":${entry('F16', [1], [2, 4])}}`, four),
      'names a twice',
    ],
    ['says a field twice', fileOf('{"a":{"dtype":"F32","dtype":"F16"}}', []), 'names dtype twice'],
  ])('refuses a file that %s', (_, file, message) => {
    const refusal = expect.objectContaining({ code: 'WEIGHTS_MALFORMED', message: expect.stringContaining(message) });
    expect(() => decodeSafetensors(file)).toThrow(refusal);
  });

  test('answers any change of a byte of the header with other weights or its own error', () => {
    const sound = encodeSafetensors({
      weights: new Map([['a', { shape: [2], data: Float32Array.of(1, 2) }]]),
      metadata: {},
    });
    fc.assert(
      fc.property(fc.nat(sound.length - 1), fc.nat(255), (at, byte) => {
        const file = sound.slice();
        file[at] = byte;
        try {
          expect(decodeSafetensors(file).weights.size).toBeLessThanOrEqual(1);
        } catch (error) {
          expect(error).toMatchObject({ code: 'WEIGHTS_MALFORMED' });
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('writing safetensors', () => {
  const weights: Weights = new Map([
    ['conv/kernel', { shape: [1, 2], data: Float32Array.of(0.1, -3) }],
    ['é"', { shape: [1], data: Float32Array.of(Number.NaN) }],
  ]);

  test('lays the file out as the format says, the numbers at a multiple of eight', () => {
    const bytes = encodeSafetensors({ weights, metadata: { network: 'n' } });
    const length = bytes[0]! + 256 * bytes[1]!;
    expect([...bytes.subarray(2, 8)]).toEqual([0, 0, 0, 0, 0, 0]);
    expect(length % 8).toBe(0);
    expect(bytes.length).toBe(8 + length + 12);
    const header = JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString('utf8'));
    expect(header).toEqual({
      __metadata__: { network: 'n' },
      'conv/kernel': { dtype: 'F32', shape: [1, 2], data_offsets: [0, 8] },
      'é"': { dtype: 'F32', shape: [1], data_offsets: [8, 12] },
    });
    const numbers = Buffer.from(bytes.subarray(8 + length));
    expect([0, 4, 8].map((at) => numbers.readFloatLE(at))).toEqual([Math.fround(0.1), -3, Number.NaN]);
  });

  test('in half precision writes two bytes a number, and refuses what that cannot hold', () => {
    const bytes = encodeSafetensors({ weights, metadata: {} }, { precision: 'half' });
    const length = bytes[0]! + 256 * bytes[1]!;
    const header = JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString('utf8'));
    expect(header['é"']).toEqual({ dtype: 'F16', shape: [1], data_offsets: [4, 6] });
    expect(bytes.length).toBe(8 + length + 6);
    expect(decodeSafetensors(bytes).weights.get('conv/kernel')!.data).toEqual(Float32Array.of(0.0999755859375, -3));
    expect(decodeSafetensors(bytes).weights.get('é"')!.data).toEqual(Float32Array.of(Number.NaN));
    const large: Weights = new Map([['a', { shape: [2], data: Float32Array.of(1, 65_520) }]]);
    expect(() => encodeSafetensors({ weights: large, metadata: {} }, { precision: 'half' })).toThrow(
      expect.objectContaining({ code: 'WEIGHTS_NOT_FINITE', message: expect.stringMatching(/^a holds 65520 at 1/) }),
    );
  });

  test.each<[string, readonly number[], Precision]>([
    ['small numbers', [1, -3e-9, Number.NaN], 'half'],
    ['what just rounds down to the largest half', [65_519.996, -65_519.996], 'half'],
    ['one too large', [1, -65_520], 'single'],
  ])('%s: the least precision that holds them', (_, numbers, precision) => {
    const own: Weights = new Map([['a', { shape: [numbers.length], data: Float32Array.from(numbers) }]]);
    expect(leastPrecision(own)).toBe(precision);
    expect(() => encodeSafetensors({ weights: own, metadata: {} }, { precision })).not.toThrow();
  });

  test('reads back what it wrote', () => {
    const tensors = fc.dictionary(
      fc.string().filter((name) => !name.startsWith('__')),
      fc.float32Array({ maxLength: 5 }),
    );
    fc.assert(
      fc.property(
        tensors,
        fc.dictionary(
          fc.string().filter((name) => name !== '__proto__'),
          fc.string(),
        ),
        (drawn, metadata) => {
          const written = new Map(Object.entries(drawn).map(([name, data]) => [name, { shape: [data.length], data }]));
          const read = decodeSafetensors(encodeSafetensors({ weights: written, metadata }));
          expect(read.weights).toEqual(written);
          expect({ ...read.metadata }).toEqual({ ...metadata });
        },
      ),
    );
  });
});

test('tensors beyond the first 100 MB are read back', () => {
  const far = { shape: [30_000_000], data: new Float32Array(30_000_000) };
  const last = { shape: [2], data: Float32Array.of(1, -2) };
  const bytes = encodeSafetensors({
    weights: new Map([
      ['a', far],
      ['b', last],
    ]),
    metadata: {},
  });
  expect(decodeSafetensors(bytes, { name: 'large' }).weights.get('b')!.data).toEqual(last.data);
});
