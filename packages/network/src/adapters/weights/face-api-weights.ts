import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FaceError } from '@kith/core';
import { elementsOf } from '../../shape.ts';
import type { Weights } from '../../weights.ts';

/** One tensor of a TensorFlow.js weights manifest; quantised ones are stored as `value = stored · scale + min`. */
interface ManifestEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: { readonly dtype: string; readonly scale?: number; readonly min?: number };
}

const bytesOf: Readonly<Record<string, number>> = { uint8: 1, uint16: 2, float32: 4 };

/**
 * Read the weights of one of face-api's nets, a TensorFlow.js manifest and one file of numbers beside it.
 *
 * @param folder - Where `<name>-weights_manifest.json` and `<name>.bin` lie.
 * @param name - Such as `ssd_mobilenetv1_model`.
 * @returns Under face-api's own names.
 * @throws {FaceError} `FILE_NOT_FOUND`, or `WEIGHTS_MALFORMED` naming the tensor, what was expected and what was got.
 */
export async function readFaceApiWeights(folder: string, name: string): Promise<Weights> {
  const manifest = await readPart(join(folder, `${name}-weights_manifest.json`));
  return decodeFaceApiWeights(name, { manifest, bytes: await readPart(join(folder, `${name}.bin`)) });
}

/**
 * Read the weights of one of face-api's nets out of its two files.
 *
 * @param name - For messages.
 * @returns Under face-api's own names.
 * @throws {FaceError} `WEIGHTS_MALFORMED` naming the tensor, what was expected and what was got.
 */
export function decodeFaceApiWeights(
  name: string,
  { manifest, bytes }: { readonly manifest: Uint8Array; readonly bytes: Uint8Array },
): Weights {
  const weights = new Map<string, { readonly shape: readonly number[]; readonly data: Float32Array }>();
  let offset = 0;
  for (const entry of parseManifest(name, manifest)) {
    const length = elementsOf(entry.shape);
    const stored = entry.quantization?.dtype ?? entry.dtype;
    const end = offset + length * bytesOf[stored]!;
    if (end > bytes.length) {
      throw malformed(`${name}: ${entry.name} ends at byte ${end}, and the file has ${bytes.length}`);
    }
    // copied, since numbers of several bytes must begin where their size divides
    const data = numbersOf(stored, new Uint8Array(bytes.subarray(offset, end)).buffer, entry.quantization);
    weights.set(entry.name, { shape: entry.shape, data });
    offset = end;
  }
  if (offset !== bytes.length) throw malformed(`${name} has ${bytes.length} bytes, expected ${offset}`);
  return weights;
}

async function readPart(path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    throw new FaceError('FILE_NOT_FOUND', `The weights ${path} cannot be read.`, { cause });
  }
}

function parseManifest(name: string, bytes: Uint8Array): readonly ManifestEntry[] {
  let groups: unknown;
  try {
    groups = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw malformed(`The manifest of ${name} is not JSON`, cause);
  }
  const entries: unknown[] = Array.isArray(groups) ? groups.flatMap((group) => group?.weights) : [];
  if (entries.length === 0 || !entries.every(isEntry)) throw malformed(`The manifest of ${name} does not list tensors`);
  return entries;
}

function isEntry(entry: unknown): entry is ManifestEntry {
  const { name, shape, dtype, quantization } = (entry ?? {}) as Partial<ManifestEntry>;
  const isSize = (size: unknown) => Number.isInteger(size) && (size as number) >= 0;
  return (
    typeof name === 'string' &&
    Array.isArray(shape) &&
    shape.every(isSize) &&
    Object.hasOwn(bytesOf, quantization?.dtype ?? dtype ?? '')
  );
}

function numbersOf(stored: string, buffer: ArrayBuffer, { scale = 1, min = 0 }: { scale?: number; min?: number } = {}) {
  if (stored === 'float32') return new Float32Array(buffer);
  const whole = stored === 'uint8' ? new Uint8Array(buffer) : new Uint16Array(buffer);
  return Float32Array.from(whole, (value) => value * scale + min);
}

function malformed(message: string, cause?: unknown): FaceError {
  return new FaceError('WEIGHTS_MALFORMED', `${message}.`, { cause });
}
