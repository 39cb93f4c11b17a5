import { count } from '../../count.ts';
import type { Runtime, RuntimeName, Session } from '../../runtime.ts';
import { elementsOf } from '../../shape.ts';
import { initialWeights } from '../../weights.ts';
import { mobilefacenet } from '../../zoo/index.ts';
import { messageOf } from './failure.ts';
import { localRuntime, runtimeNames } from './local-runtime.ts';

/** How fast a runtime runs MobileFaceNet in one thread; TensorFlow's own library takes as many as it likes. */
export interface ProbeTiming {
  readonly batch: number;
  /** Median of a run, for each of its images. */
  readonly millisecondsPerImage: number;
  /** Two operations a multiply-add, 10⁹ of them a second. */
  readonly gflops: number;
}

export type RuntimeProbe =
  | {
      readonly name: RuntimeName;
      readonly available: true;
      /** Of the library behind it, and of a library with several ways to compute the one it took. */
      readonly version: string;
      readonly timings: readonly ProbeTiming[];
    }
  | { readonly name: RuntimeName; readonly available: false; readonly reason: string };

/** No batch is run for longer, but for a run to warm up and three to choose from. */
const patienceMs = 400;

/**
 * Try each runtime: whether it loads and how fast it is, or why it does not and what helps.
 *
 * @param open - Opens a runtime by its name.
 */
export async function probeRuntimes({
  open = localRuntime,
  version = versionOf,
}: {
  readonly open?: (name: RuntimeName) => Promise<Runtime>;
  readonly version?: (name: RuntimeName) => Promise<string>;
} = {}): Promise<readonly RuntimeProbe[]> {
  const probes: RuntimeProbe[] = [];
  for (const name of runtimeNames) {
    try {
      const timings = await timingsOf(await open(name));
      probes.push({ name, available: true, version: await version(name), timings });
    } catch (error) {
      probes.push({ name, available: false, reason: messageOf(error) });
    }
  }
  return probes;
}

async function versionOf(name: RuntimeName): Promise<string> {
  if (name === 'tfjs') {
    const { loadTensorFlow } = await import('../tfjs/index.ts');
    const tf = await loadTensorFlow();
    return `${tf.version_core} (${tf.getBackend()})`;
  }
  // every part of ONNX Runtime notes its version there when it loads
  const { versions } = (await import('onnxruntime-common')).env;
  return (name === 'onnxruntime' ? versions.node : versions.web) ?? versions.common;
}

async function timingsOf(runtime: Runtime): Promise<readonly ProbeTiming[]> {
  try {
    const session = await runtime.load({ network: mobilefacenet, weights: initialWeights(mobilefacenet) });
    const { macs } = count(mobilefacenet);
    const timings: ProbeTiming[] = [];
    for (const batch of [1, 8]) {
      const millisecondsPerImage = (await medianRun(session, batch)) / batch;
      timings.push({ batch, millisecondsPerImage, gflops: (2 * macs) / millisecondsPerImage / 1e6 });
    }
    return timings;
  } finally {
    await runtime.dispose();
  }
}

async function medianRun(session: Session, batch: number): Promise<number> {
  const data = new Float32Array(batch * elementsOf(session.input));
  const timeRun = async () => {
    const start = performance.now();
    await session.run({ count: batch, data });
    return performance.now() - start;
  };
  // the first run makes plans
  await timeRun();
  const times: number[] = [];
  const start = performance.now();
  do times.push(await timeRun());
  while (times.length < 3 || (times.length < 25 && performance.now() - start < patienceMs));
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}
