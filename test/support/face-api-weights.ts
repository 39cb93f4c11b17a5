import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WeightTensor } from '@kith/network';

interface ManifestTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly quantization?: { readonly scale: number; readonly min: number };
}

interface ManifestGroup {
  readonly paths: readonly string[];
  readonly weights: readonly ManifestTensor[];
}

/** Read a model of face-api under its own names; bytes become `byte · scale + min`. */
export function readRawWeights(folder: string, model: string): ReadonlyMap<string, WeightTensor> {
  const groups: readonly ManifestGroup[] = JSON.parse(
    readFileSync(join(folder, `${model}-weights_manifest.json`), 'utf8'),
  );
  const tensors = new Map<string, WeightTensor>();
  for (const { paths, weights } of groups) {
    const bytes = Buffer.concat(paths.map((path) => readFileSync(join(folder, path))));
    let offset = 0;
    for (const { name, shape, quantization } of weights) {
      const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
      for (let i = 0; i < data.length; i++) {
        data[i] = quantization
          ? bytes[offset + i]! * quantization.scale + quantization.min
          : bytes.readFloatLE(offset + 4 * i);
      }
      offset += data.length * (quantization ? 1 : 4);
      tensors.set(name, { shape, data });
    }
  }
  return tensors;
}
