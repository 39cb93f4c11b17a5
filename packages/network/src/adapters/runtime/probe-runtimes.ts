import { count } from '../../count.ts';
import { conv, dense, depthwise, globalAveragePool, pointwise } from '../../layers.ts';
import { network } from '../../network.ts';
import type { Runtime, RuntimeName, Session } from '../../runtime.ts';
import { elementsOf } from '../../shape.ts';
import { initialWeights } from '../../weights.ts';
import { messageOf } from './failure.ts';
import { localRuntime, runtimeNames } from './local-runtime.ts';

/** How fast a runtime runs the probe's network in one thread. */
export interface ProbeTiming {
  readonly batch: number;
  /** Median of a run. */
  readonly milliseconds: number;
  /** Two operations a multiply-add, 10⁹ of them a second. */
  readonly gflops: number;
}

export type RuntimeProbe =
  | { readonly name: RuntimeName; readonly available: true; readonly timings: readonly ProbeTiming[] }
  | { readonly name: RuntimeName; readonly available: false; readonly reason: string };

const follow = { norm: {}, activation: 'relu' } as const;

/** Separable convolutions as in the networks that serve, few enough to be run in a moment. */
const probeNetwork = network('probe', { input: [112, 112, 3] }, [
  conv('conv1', 64, { kernel: 3, stride: 2, ...follow }),
  depthwise('depthwise1', { kernel: 3, ...follow }),
  pointwise('pointwise1', 128, follow),
  depthwise('depthwise2', { kernel: 3, stride: 2, ...follow }),
  pointwise('pointwise2', 256, follow),
  globalAveragePool('pool'),
  dense('embedding', 128),
]);

/**
 * Try each runtime: whether it loads and how fast it is, or why it does not and what helps.
 *
 * @param open - Opens a runtime by its name.
 */
export async function probeRuntimes({
  open = localRuntime,
}: {
  readonly open?: (name: RuntimeName) => Promise<Runtime>;
} = {}): Promise<readonly RuntimeProbe[]> {
  const probes: RuntimeProbe[] = [];
  for (const name of runtimeNames) {
    try {
      probes.push({ name, available: true, timings: await timingsOf(await open(name)) });
    } catch (error) {
      probes.push({ name, available: false, reason: messageOf(error) });
    }
  }
  return probes;
}

async function timingsOf(runtime: Runtime): Promise<readonly ProbeTiming[]> {
  try {
    const session = await runtime.load({ network: probeNetwork, weights: initialWeights(probeNetwork) });
    const { macs } = count(probeNetwork);
    const timings: ProbeTiming[] = [];
    for (const batch of [1, 8]) {
      const milliseconds = await medianRun(session, batch);
      timings.push({ batch, milliseconds, gflops: (2 * macs * batch) / milliseconds / 1e6 });
    }
    return timings;
  } finally {
    await runtime.dispose();
  }
}

async function medianRun(session: Session, batch: number): Promise<number> {
  const data = new Float32Array(batch * elementsOf(session.input));
  await session.run({ count: batch, data });
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    await session.run({ count: batch, data });
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[2]!;
}
