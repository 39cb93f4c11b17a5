import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Image, l2Normalize } from '@kith/core';
import { createPack, openPack, type Pack } from '@kith/training/data';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { taughtViews } from '../recipes/distillation.ts';
import { blend, makeViews } from './make-views.ts';
import { type Teacher, teach } from './teach.ts';

const folder = mkdtempSync(join(tmpdir(), 'kith-teach-'));
const [count, sidePx] = [100, 8];
let pack: Pack;

const grey = (value: number): Image => ({
  ...{ width: sidePx, height: sidePx },
  data: new Uint8Array(sidePx * sidePx * 3).fill(value),
});

beforeAll(async () => {
  const writer = createPack(join(folder, 'faces'), { sidePx });
  for (let row = 0; row < count; row++) writer.append(grey(row), { person: `p${row % 7}`, file: `${row}.jpg` });
  await writer.finish();
  pack = await openPack(join(folder, 'faces'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Tells each face by its grey; dies at a row where told to. */
function teacherThat({ diesAt = Infinity } = {}): Teacher & { readonly asked: number[]; readonly doors: string[] } {
  const asked: number[] = [];
  const doors: string[] = [];
  return {
    ...{ name: 'grey', dimension: 3, asked, doors },
    async open() {
      doors.push('open');
      return {
        async embed(faces, rows) {
          if (rows.includes(diesAt)) throw new Error('killed');
          asked.push(...rows);
          return faces.map(({ data }) => l2Normalize(Float32Array.of(1, data[0]!, 2)));
        },
        async close() {
          doors.push('close');
        },
      };
    },
  };
}

const { signal } = new AbortController();

test('a teacher that was stopped is asked about the rest only, and a torn answer again; one that has answered is not opened', async () => {
  const whole = await teach(join(folder, 'whole.f32'), { pack, teacher: teacherThat(), signal });
  expect(whole).toHaveLength(count * 3);
  expect([...whole.subarray(15, 18)]).toEqual([...l2Normalize(Float32Array.of(1, 5, 2))]);

  const path = join(folder, 'stopped.f32');
  const killed = teacherThat({ diesAt: 70 });
  await expect(teach(path, { pack, teacher: killed, signal })).rejects.toThrow('killed');
  expect(killed.doors).toEqual(['open', 'close']);
  const known = Math.floor(statSync(`${path}.part`).size / 12);
  expect(known).toBeGreaterThan(0);
  expect(known).toBeLessThan(count);
  appendFileSync(`${path}.part`, Buffer.of(1, 2, 3, 4, 5));
  const again = teacherThat();
  expect(await teach(path, { pack, teacher: again, signal })).toEqual(whole);
  expect(again.asked).toEqual(Array.from({ length: count - known }, (_, i) => known + i));
  expect(again.doors).toEqual(['open', 'close']);

  const idle = teacherThat();
  expect(await teach(path, { pack, teacher: idle, signal })).toEqual(whole);
  expect([idle.asked, idle.doors]).toEqual([[], []]);
});

test('a teacher who is asked by two runs at once answers each as if alone', async () => {
  const whole = await teach(join(folder, 'alone.f32'), { pack, teacher: teacherThat(), signal });
  const path = join(folder, 'twice.f32');
  const ask = () => teach(path, { pack, teacher: teacherThat(), signal });
  expect(await Promise.all([ask(), ask()])).toEqual([whole, whole]);
});

test('answers of another size than the pack asks for are refused', async () => {
  const path = join(folder, 'other.f32');
  writeFileSync(path, new Uint8Array(count * 12 - 4));
  await expect(teach(path, { pack, teacher: teacherThat(), signal })).rejects.toMatchObject({
    code: 'DATASET_INCOMPLETE',
    message: expect.stringContaining('1200 bytes, got 1196'),
  });
});

test('views that were stopped are those that were not, the first of each face being itself', async () => {
  const options = { ...taughtViews, viewsPerFace: 3, seed: 4 };
  const whole = await makeViews(join(folder, 'views'), pack, { ...options, signal });
  expect(whole.count).toBe(3 * count);
  const faceBytes = readFileSync(pack.pixelsFile);
  const bytes = readFileSync(whole.pixelsFile);
  expect(bytes.subarray(0, faceBytes.length).equals(faceBytes)).toBe(true);
  expect(whole.files.slice(count, 2 * count)).toEqual(pack.files);

  const stop = new AbortController();
  setImmediate(() => setImmediate(() => stop.abort(new Error('stopped'))));
  const path = join(folder, 'stopped');
  await expect(makeViews(path, pack, { ...options, signal: stop.signal })).rejects.toThrow('stopped');
  expect(statSync(`${path}.u8`).size).toBeLessThan(bytes.length);
  const again = await makeViews(path, pack, { ...options, signal });
  expect(readFileSync(again.pixelsFile).equals(bytes)).toBe(true);
  const other = await makeViews(join(folder, 'other'), pack, { ...options, seed: 5, signal });
  expect(readFileSync(other.pixelsFile).equals(bytes)).toBe(false);
});

test('a blend is the mean that its share says', () => {
  expect(blend(grey(100), grey(200), 0.3)).toEqual(grey(170));
  expect(blend(grey(9), grey(200), 1)).toEqual(grey(9));
});
