import { afterAll, describe, expect, test } from 'vitest';
import { conv, dense, initialWeights, network } from '../../index.ts';
import { doublingModel } from '../runtime/doubling-model.test-support.ts';
import { onnxRuntimeNode } from '../runtime/onnxruntime-node.ts';
import { exportOnnx } from './export-onnx.ts';
import { readOnnxHeader } from './onnx-header.ts';

const runtime = await onnxRuntimeNode();
afterAll(() => runtime.dispose());

const table = network('n', { input: [6, 5, 3], outputs: ['maps', 'fc'] }, [
  conv('maps', 2, { kernel: 3 }),
  dense('fc', 4),
]);
const onnx = exportOnnx({ network: table, weights: initialWeights(table) });

/** The same file with another number where its opset, 17, stands; the number is the file's only one of its kind. */
function ofOpset(version: number): Uint8Array {
  const { onnx: bytes } = doublingModel([4]);
  expect(bytes.at(-1)).toBe(17);
  return Uint8Array.from([...bytes.subarray(0, -1), version]);
}

test('a header says what the file was written for, and what it takes and gives', () => {
  expect(readOnnxHeader(onnx)).toEqual({
    irVersion: 8,
    opset: 17,
    producer: 'kith',
    inputs: [{ name: 'input', type: 'float32', shape: ['batch', 6, 5, 3] }],
    outputs: [
      { name: 'maps', type: 'float32', shape: ['batch', 6, 5, 2] },
      { name: 'fc', type: 'float32', shape: ['batch', 4] },
    ],
  });
});

describe('a runtime refuses', () => {
  const refusal = async (bytes: Uint8Array) => {
    const error = await runtime.load({ onnx: bytes }).catch((thrown: unknown) => thrown);
    return error as { readonly code: string; readonly message: string };
  };

  test.each([0, 1, 6, 27, 90])('a model of opset %i, which it does not know', async (version) => {
    const { code, message } = await refusal(ofOpset(version));
    expect(code).toBe('MODEL_UNSUPPORTED');
    expect(message).toMatch(new RegExp(`opset ${version}, expected 7 to 26`));
  });

  test('a file of a newer format', async () => {
    const { onnx: bytes } = doublingModel([4]);
    const { code, message } = await refusal(Uint8Array.from([8, 14, ...bytes.subarray(2)]));
    expect(code).toBe('MODEL_UNSUPPORTED');
    expect(message).toMatch(/format version 14, expected 3 to 13/);
  });

  test.each([
    ['nothing', new Uint8Array()],
    ['text', new TextEncoder().encode('{"modelTopology": {}}')],
    ['an image', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a)],
  ])('%s in place of a model', async (_, bytes) => {
    const { code, message } = await refusal(bytes);
    expect(code).toBe('MODEL_UNSUPPORTED');
    expect(message).toMatch(/not ONNX: expected 08 first, got/);
  });

  test('a file cut short, wherever it is cut', async () => {
    for (let length = 1; length < onnx.length; length += 7) {
      expect((await refusal(onnx.subarray(0, length))).code).toBe('WEIGHTS_MALFORMED');
    }
    expect((await refusal(onnx.subarray(0, -1))).message).toMatch(/cut short/);
  });

  test('a damaged file: never anything but a coded error', async () => {
    const { onnx: whole } = doublingModel([4]);
    for (let at = 0; at < whole.length; at++) {
      const damaged = Uint8Array.from(whole);
      damaged[at] = damaged[at]! ^ 0xff;
      const { code } = await runtime.load({ onnx: damaged }).then(
        () => ({ code: 'loads' }),
        (error: { code: string }) => error,
      );
      expect(['loads', 'MODEL_UNSUPPORTED', 'WEIGHTS_MALFORMED', 'USAGE', 'RUNTIME_FAILED']).toContain(code);
    }
  });
});

test.each([7, 26])('opset %i is known', async (version) => {
  const session = await runtime.load({ onnx: ofOpset(version) });
  const [doubled] = await session.run({ count: 1, data: Float32Array.of(1, 2, 3, 4) });
  expect([...doubled!]).toEqual([2, 4, 6, 8]);
});
