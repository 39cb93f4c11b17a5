import { initialWeights } from '@kith/network';
import * as onnx from '@kith/network/onnx';
import { onnxRuntimeNode } from '@kith/network/runtime';
import { servingNets, timeJobs } from './limit.mjs';
import { formatTable, median, tell } from './table.mjs';

/**
 * Compare the time and the file size of each serving net in 8-bit integers with those in 32-bit floats. What it costs in accuracy, the
 * LFW scripts say.
 *
 * @param {{ threads: number, rounds: number, exportInt8?: (model: object, batches: object[]) => Uint8Array | Promise<Uint8Array> }} options
 *   `exportInt8` makes the file of a net and batches to calibrate with: the exporter's own, once it has one.
 */
export async function benchInt8({ threads, rounds, exportInt8 = onnx.exportInt8 }) {
  if (onnx.exportOnnx === undefined || exportInt8 === undefined) {
    tell('8-bit integers are left out, @kith/network/onnx does not export them yet');
    return [];
  }
  const runtime = await onnxRuntimeNode({ threads });
  try {
    const rows = [];
    for (const network of servingNets()) {
      const model = { network, weights: initialWeights(network) };
      const files = [onnx.exportOnnx(model), await exportInt8(model, [calibrationBatch(network.input)])];
      const jobs = [];
      for (const file of files) {
        jobs.push({ session: await runtime.load({ onnx: file, input: network.input }), batch: 1, ms: [] });
      }
      await timeJobs(jobs, rounds);
      rows.push(toRow(network.name, files, jobs));
    }
    return rows;
  } finally {
    await runtime.dispose();
  }
}

/** Four inputs of made-up numbers: enough to set scales by where only time and size are asked for. */
function calibrationBatch(input) {
  const length = 4 * input.reduce((product, size) => product * size, 1);
  return { count: 4, data: Float32Array.from({ length }, (_, i) => ((i % 255) - 127) / 128) };
}

function toRow(net, [floats, integers], [inFloats, inIntegers]) {
  return {
    net,
    fp32Ms: median(inFloats.ms),
    int8Ms: median(inIntegers.ms),
    fp32Bytes: floats.length,
    int8Bytes: integers.length,
  };
}

export function formatInt8(rows) {
  const megabytes = (bytes) => (bytes / 1e6).toFixed(2);
  return formatTable(
    ['', 'fp32 ms', 'int8 ms', 'times faster', 'fp32 MB', 'int8 MB'],
    rows.map((row) => [
      row.net,
      row.fp32Ms.toFixed(2),
      row.int8Ms.toFixed(2),
      (row.fp32Ms / row.int8Ms).toFixed(2),
      megabytes(row.fp32Bytes),
      megabytes(row.int8Bytes),
    ]),
  );
}
