import { FaceError } from '@kith/core';
import type { Batch, Session } from '../../runtime.ts';
import { elementsOf, type Shape } from '../../shape.ts';
import { onnxRuntimeNode } from '../runtime/onnxruntime-node.ts';
import { type Quantization, quantizationOf, type Spread } from './clip-range.ts';
import type { OnnxWriter } from './onnx-writer.ts';

const bins = 2048;

/**
 * Run a network on inputs like those to come and choose for each of the named values which numbers its bytes stand for.
 *
 * @throws {FaceError} `USAGE` without inputs, `RUNTIME_UNAVAILABLE` where onnxruntime-node cannot be loaded.
 */
export async function calibrate(
  writer: OnnxWriter,
  values: readonly string[],
  { batches, input }: { readonly batches: readonly Batch[]; readonly input: Shape },
): Promise<ReadonlyMap<string, Quantization>> {
  if (batches.every(({ count }) => count === 0)) {
    throw new FaceError('USAGE', 'Calibration got no inputs, expected some like those that the network will see.');
  }
  const runtime = await onnxRuntimeNode();
  try {
    const session = await runtime.load({ onnx: writer.finish({ watched: values }), input });
    const watch = values.map((name) => session.outputs.findIndex((output) => output.name === name));
    const inputs = batches.flatMap((batch) => singles(batch, input));
    const spreads = await spreadsOf(session, { watch, inputs });
    return new Map(values.map((name, i) => [name, quantizationOf(spreads[i]!)]));
  } finally {
    await runtime.dispose();
  }
}

/** One input at a time: all that a network computes of it is kept. */
function singles({ count, data }: Batch, input: Shape): readonly Batch[] {
  const length = elementsOf(input);
  return Array.from({ length: count }, (_, i) => ({ count: 1, data: data.subarray(i * length, (i + 1) * length) }));
}

interface Watched {
  /** Which of the session's outputs are looked at. */
  readonly watch: readonly number[];
  readonly inputs: readonly Batch[];
}

/** Two runs: one for the bounds, one to count between them. */
async function spreadsOf(session: Session, { watch, inputs }: Watched): Promise<readonly Spread[]> {
  const bounds = watch.map(() => ({ low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY }));
  const eachRun = async (look: (data: Float32Array, i: number) => void) => {
    for (const input of inputs) {
      const outputs = await session.run(input);
      watch.forEach((output, i) => {
        look(outputs[output]!, i);
      });
    }
  };
  await eachRun((data, i) => {
    const bound = bounds[i]!;
    for (let at = 0; at < data.length; at++) {
      // what lies around a largest is minus infinity
      if (!Number.isFinite(data[at]!)) continue;
      bound.low = Math.min(bound.low, data[at]!);
      bound.high = Math.max(bound.high, data[at]!);
    }
  });
  const spreads = bounds.map((bound) => ({ ...bound, counts: new Float64Array(bins) }));
  await eachRun((data, i) => {
    const { low, high, counts } = spreads[i]!;
    const perBin = bins / (high - low || 1);
    for (let at = 0; at < data.length; at++) {
      const bin = Math.min(bins - 1, Math.floor((data[at]! - low) * perBin));
      counts[bin] = counts[bin]! + 1;
    }
  });
  return spreads;
}
