import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readNpy } from './npy.ts';
import { readNpyFolder } from './npy-folder.ts';

/** A `.npy` file of a header as text and numbers as bytes. */
function npy(
  header: string,
  numbers: Uint8Array,
  { version = 1, claimed }: { version?: number; claimed?: number } = {},
) {
  const text = new TextEncoder().encode(header);
  const begin = version === 1 ? 10 : 12;
  const file = new Uint8Array(begin + text.length + numbers.length);
  file.set([0x93, ...new TextEncoder().encode('NUMPY'), version, 0]);
  const view = new DataView(file.buffer);
  if (version === 1) view.setUint16(8, claimed ?? text.length, true);
  else view.setUint32(8, claimed ?? text.length, true);
  file.set(text, begin);
  file.set(numbers, begin + text.length);
  return file;
}

const header = (descr: string, shape: string, order = 'False') =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }    \n`;

const bytesOf = (numbers: ArrayBufferView) => new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
const swapped = (numbers: ArrayBufferView, size: number) => {
  const bytes = bytesOf(numbers).slice();
  for (let i = 0; i < bytes.length; i += size) bytes.subarray(i, i + size).reverse();
  return bytes;
};

describe('readNpy', () => {
  test.each([1, 2, 3])('reads version %i', (version) => {
    const file = npy(header('<f4', '(2, 1)'), bytesOf(Float32Array.of(1.5, -2)), { version });
    expect(readNpy(file)).toEqual({ shape: [2, 1], data: Float32Array.of(1.5, -2) });
  });

  test.each<[string, Uint8Array, number[]]>([
    ['<f2', bytesOf(Uint16Array.of(0x3c00, 0xc000)), [1, -2]],
    ['>f2', swapped(Uint16Array.of(0x3c00, 0xc000), 2), [1, -2]],
    ['>f4', swapped(Float32Array.of(0.25, 3), 4), [0.25, 3]],
    ['<f8', bytesOf(Float64Array.of(0.1, 7)), [Math.fround(0.1), 7]],
    ['|i1', bytesOf(Int8Array.of(-5, 4)), [-5, 4]],
    ['<i2', bytesOf(Int16Array.of(-500, 4)), [-500, 4]],
    ['>i4', swapped(Int32Array.of(-70_000, 4), 4), [-70_000, 4]],
    ['<i8', bytesOf(BigInt64Array.of(-3n, 4n)), [-3, 4]],
    ['|u1', bytesOf(Uint8Array.of(250, 4)), [250, 4]],
    ['<u2', bytesOf(Uint16Array.of(65_000, 4)), [65_000, 4]],
    ['<u4', bytesOf(Uint32Array.of(2 ** 31, 4)), [2 ** 31, 4]],
    ['>u8', swapped(BigUint64Array.of(2n ** 40n, 4n), 8), [2 ** 40, 4]],
  ])('reads %s', (descr, numbers, expected) => {
    expect([...readNpy(npy(header(descr, '(2,)'), numbers)).data]).toEqual(expected);
  });

  test('turns columns first into rows first', () => {
    const shape = [2, 3, 4];
    // the number at (i, j, k) is 100 i + 10 j + k; the file counts i fastest
    const stored = new Float32Array(24);
    const expected = new Float32Array(24);
    for (let i = 0; i < 2; i++)
      for (let j = 0; j < 3; j++)
        for (let k = 0; k < 4; k++) {
          stored[i + 2 * (j + 3 * k)] = 100 * i + 10 * j + k;
          expected[(i * 3 + j) * 4 + k] = 100 * i + 10 * j + k;
        }
    expect(readNpy(npy(header('<f4', '(2, 3, 4)', 'True'), bytesOf(stored)))).toEqual({ shape, data: expected });
  });

  test('takes keys in any order, either quote, no comma at the end, a scalar, and no numbers', () => {
    const one = npy(`{"shape": (), "fortran_order": False, "descr": "<f4"}`, bytesOf(Float32Array.of(9)));
    expect(readNpy(one)).toEqual({ shape: [], data: Float32Array.of(9) });
    expect(readNpy(npy(header('<f4', '(3, 0)', 'True'), new Uint8Array(0))).shape).toEqual([3, 0]);
  });

  const four = new Uint8Array(4);
  test.each<[string, Uint8Array, string]>([
    ['is too short', new Uint8Array(9), 'is no .npy file'],
    ['is another file', new Uint8Array(100), 'is no .npy file'],
    ['is of version 4', npy(header('<f4', '(1,)'), four, { version: 4 }), 'is of version 4.0'],
    [
      'ends in its header’s length',
      npy('', new Uint8Array(0), { version: 2 }).subarray(0, 11),
      'ends within its header',
    ],
    ['claims more header than there is', npy('{}', four, { claimed: 60_000 }), 'claims a header of 60000 bytes'],
    ['claims 4 GB', npy('{}', four, { version: 2, claimed: 2 ** 32 - 1 }), 'claims a header of 4294967295 bytes'],
    ['has code in its header', npy('__import__("os")', four), 'no dictionary'],
    ['lacks a key', npy("{'descr': '<f4', 'shape': (1,)}", four), 'no dictionary'],
    [
      'says a key twice',
      npy("{'descr': '<f4', 'descr': '<f2', 'fortran_order': False, 'shape': (1,)}", four),
      'descr twice',
    ],
    [
      'has a key of its own',
      npy("{'descr': '<f4', 'more': 1, 'fortran_order': False, 'shape': (1,)}", four),
      'no dictionary',
    ],
    ['has text after it', npy(`${header('<f4', '(1,)')}x`, four), 'no dictionary'],
    ['mixes kinds', npy("{'descr': (1,), 'fortran_order': '<f4', 'shape': False}", four), 'holds "1,"'],
    ['holds objects', npy(header('|O', '(1,)'), four), 'holds "|O"'],
    ['holds complex numbers', npy(header('<c8', '(1,)'), four), 'holds "<c8"'],
    ['says no byte order', npy(header('|f4', '(1,)'), four), 'holds "|f4"'],
    ['has a shape without a number', npy(header('<f4', '(1,,2)'), four), 'has the shape (1,,2)'],
    ['has a shape beyond counting', npy(header('<f4', '(99999999, 99999999, 99999999)'), four), 'has the shape'],
    ['has too many axes', npy(header('<f4', `(${'1,'.repeat(33)})`), four), 'has the shape'],
    ['has fewer numbers', npy(header('<f4', '(2,)'), four), 'has 4 bytes of numbers, expected 8'],
    ['has more numbers', npy(header('<f2', '(1,)'), four), 'has 4 bytes of numbers, expected 2'],
  ])('refuses a file that %s', (_, file, message) => {
    const refusal = expect.objectContaining({ code: 'WEIGHTS_MALFORMED', message: expect.stringContaining(message) });
    expect(() => readNpy(file)).toThrow(refusal);
  });
});

describe('readNpyFolder', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kith-npy-'));
    await writeFile(join(folder, 'b.npy'), npy(header('<f2', '(1,)'), bytesOf(Uint16Array.of(0x3c00))));
    await writeFile(join(folder, 'a.npy'), npy(header('<f4', '(1,)'), bytesOf(Float32Array.of(2))));
    await writeFile(join(folder, 'README.md'), 'not an array');
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('reads every array under its name, in the order of names', async () => {
    expect([...(await readNpyFolder(folder))]).toEqual([
      ['a', { shape: [1], data: Float32Array.of(2) }],
      ['b', { shape: [1], data: Float32Array.of(1) }],
    ]);
  });

  test('refuses a folder of other content, one without arrays, and none', async () => {
    await expect(readNpyFolder(folder, { sha256: '0'.repeat(64) })).rejects.toMatchObject({ code: 'WEIGHTS_CHECKSUM' });
    await expect(readNpyFolder(join(folder, 'none'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    const empty = await mkdtemp(join(tmpdir(), 'kith-npy-'));
    await expect(readNpyFolder(empty)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await mkdir(join(empty, 'folder.npy'));
    await expect(readNpyFolder(empty)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await rm(empty, { recursive: true });
  });

  test('takes a folder of the content it is said to have, counted over names, lengths and bytes', async () => {
    const { createHash } = await import('node:crypto');
    const { readFile } = await import('node:fs/promises');
    const hash = createHash('sha256');
    for (const name of ['a.npy', 'b.npy']) {
      const bytes = await readFile(join(folder, name));
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(bytes.length));
      hash.update(Buffer.concat([Buffer.from(`${name}\0`), length, bytes]));
    }
    expect((await readNpyFolder(folder, { sha256: hash.digest('hex') })).size).toBe(2);
  });
});
