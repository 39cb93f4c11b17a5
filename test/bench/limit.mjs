// How far kith's nets are from what the cores can do: achieved GFLOP/s against a plain matrix product through the same runtime.
import * as detection from '@kith/detection';
import * as embedding from '@kith/embedding';
import { count, initialWeights } from '@kith/network';
import { onnxRuntimeNode } from '@kith/network/runtime';
import { matmulModel } from './matmul-model.mjs';
import { formatTable, median, tell } from './table.mjs';

const matmulSize = 1024;

/** The nets that serve, by the names their tables give them, and that of the recipe `triplet-scratch`; their weights do not change their time. */
export const servingNets = () =>
  [
    detection.faceApiTiny?.(),
    detection.faceApiSsd,
    detection.faceApiLandmarks,
    embedding.dlibResnet29,
    embedding.kithSmall,
    embedding.kithInception,
    { ...embedding.kithInceptionOf({ width: 0.5 }), name: 'triplet-scratch' },
    embedding.kithResnet,
  ].filter((net) => net !== undefined);

/**
 * Time each net and the matrix product in turn.
 *
 * @param {{ threads: number, batches: number[], rounds: number }} options
 * @returns One row a net and batch size: ms an input, GFLOP/s (two a multiply-add), and that as a share of the product's.
 */
export async function benchLimit({ threads, batches, rounds }) {
  const runtime = await onnxRuntimeNode({ threads });
  try {
    const product = await runtime.load({ onnx: matmulModel(matmulSize), input: [matmulSize] });
    const jobs = [{ net: 'matmul', batch: matmulSize, macs: matmulSize ** 2, session: product, ms: [] }];
    for (const network of servingNets()) {
      const session = await loadOrTell(runtime, network);
      if (session === undefined) continue;
      const { macs } = count(network);
      for (const batch of batches) jobs.push({ net: network.name, batch, macs, session, ms: [] });
    }
    await timeJobs(jobs, rounds);
    return toRows(jobs, threads);
  } finally {
    await runtime.dispose();
  }
}

async function loadOrTell(runtime, network) {
  try {
    return await runtime.load({ network, weights: initialWeights(network) });
  } catch (error) {
    tell(`${network.name} is left out: ${error.message}`);
    return undefined;
  }
}

/** Run jobs of `{ session, batch, ms }` in turn, the first time untimed; their milliseconds a run go to `ms`. */
export async function timeJobs(jobs, rounds) {
  for (let round = 0; round <= rounds; round++) {
    for (const { session, batch, ms } of jobs) {
      const length = batch * session.input.reduce((product, size) => product * size, 1);
      const data = Float32Array.from({ length }, (_, i) => ((i % 255) - 127) / 128);
      const began = performance.now();
      await session.run({ count: batch, data });
      if (round > 0) ms.push(performance.now() - began);
    }
  }
}

function toRows(jobs, threads) {
  const rateOf = ({ macs, batch, ms }) => (2 * macs * batch) / (median(ms) * 1e6);
  const limit = rateOf(jobs[0]);
  return jobs.map((job) => ({
    net: job.net,
    threads,
    batch: job.batch,
    megaMacs: job.macs / 1e6,
    msPerInput: median(job.ms) / job.batch,
    gigaflops: rateOf(job),
    ofLimit: rateOf(job) / limit,
  }));
}

export function formatLimit(rows) {
  return formatTable(
    ['', 'threads', 'batch', 'M MACs', 'ms an input', 'GFLOP/s', 'of the matmul'],
    rows.map((row) => [
      row.net,
      row.threads,
      row.batch,
      row.megaMacs.toFixed(1),
      row.msPerInput.toFixed(3),
      row.gigaflops.toFixed(1),
      `${(100 * row.ofLimit).toFixed(0)} %`,
    ]),
  );
}
