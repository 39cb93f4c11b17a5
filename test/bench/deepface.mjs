// What DeepFace's net costs a face, beside the times that its paper and this project name.
import { deepface, deepfaceFeaturesOf } from '@kith/alignment';
import { initialWeights } from '@kith/network';
import { onnxRuntimeNode } from '@kith/network/runtime';
import { timeJobs } from './limit.mjs';
import { formatTable, median } from './table.mjs';

/** Faces in a batch, and the ms a face that it may take: on its own the paper's (§5.4), in a batch this project's. */
const limits = [
  { batch: 1, limitMs: 180 },
  { batch: 16, limitMs: 40 },
];

/**
 * Time the net up to F7, with weights of a seed, at each size of batch in turn.
 *
 * @param {{ threads: number, rounds: number }} options
 * @returns One row a size of batch: the median of its milliseconds a face, and its limit.
 */
export async function benchDeepface({ threads, rounds }) {
  const runtime = await onnxRuntimeNode({ threads });
  try {
    const network = deepfaceFeaturesOf(deepface);
    const session = await runtime.load({ network, weights: initialWeights(network, { seed: 1 }) });
    const jobs = limits.map(({ batch, limitMs }) => ({ session, batch, limitMs, ms: [] }));
    await timeJobs(jobs, rounds);
    return jobs.map(({ batch, limitMs, ms }) => ({ threads, batch, msPerFace: median(ms) / batch, limitMs }));
  } finally {
    await runtime.dispose();
  }
}

export function formatDeepface(rows) {
  return formatTable(
    ['threads', 'batch', 'ms a face', 'limit'],
    rows.map(({ threads, batch, msPerFace, limitMs }) => [threads, batch, msPerFace.toFixed(2), limitMs]),
  );
}
