import { onnxRuntimeNode } from '@kith/network/runtime';
import { expect, test } from 'vitest';

// the bench is plain JavaScript, outside what the compiler reads
const { matmulModel }: { matmulModel: (size: number) => Uint8Array } = await import(
  new URL('./matmul-model.mjs', import.meta.url).href
);

test('the yardstick is a matrix product: it equals three loops over rows, columns and terms', async () => {
  const size = 16;
  const runtime = await onnxRuntimeNode();
  const session = await runtime.load({ onnx: matmulModel(size), input: [size] });
  const data = Float32Array.from({ length: 3 * size }, (_, i) => i % 7);
  const [product] = await session.run({ count: 3, data });
  await runtime.dispose();
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < size; column++) {
      let sum = 0;
      for (let k = 0; k < size; k++) sum += data[row * size + k]! * ((((k * size + column) % 13) - 6) / 64);
      expect(product![row * size + column]).toBeCloseTo(sum, 4);
    }
  }
});
