import type { TensorFlow } from '@kith/network/tfjs';
import { TrainingRun } from './train-run.ts';
import type { TrainingResult, TrainingTask } from './train-task.ts';

/**
 * Train a network: batches from the loader, gradients by TensorFlow, updates in Caffe's order. Every update follows from the state and
 * its iteration alone, dropout's masks too, so a run that was stopped ends as one that was not: to the bit on one TensorFlow thread
 * (`TF_NUM_INTRAOP_THREADS=1`). On two and on four threads of two cores the largest difference measured was 0 too, in two small networks
 * after 60 and 16 updates, but TensorFlow does not promise it; a run that goes on with another number of threads gets other numbers.
 *
 * It runs in the caller's thread, which TensorFlow holds for the length of a pass; only the loader reads and augments faces beside it,
 * in threads of its own.
 *
 * @throws {FaceError} `TRAINING_DIVERGED` when a number is not finite any more, telling where that began; nothing is saved then.
 * `SNAPSHOT_MISMATCH`, `WEIGHTS_MISMATCH` when the state is of another network, objective or rule. After an abort the signal's reason, the
 * state being kept. What the loader, the objective, `validate`, `save` and `onStep` throw comes as it is.
 */
export async function train(tf: TensorFlow, task: TrainingTask): Promise<TrainingResult> {
  const { config, onStep, signal } = task;
  const run = new TrainingRun(tf, task);
  try {
    let reason = run.ending;
    while (reason === undefined) {
      signal?.throwIfAborted();
      // not within the call, where nothing would be made for want of a listener
      const step = await run.update();
      const stop = onStep?.(step)?.stop;
      const isLast = stop !== undefined || run.ending !== undefined;
      const isBest = (isLast || isDue(run.iteration, config.testInterval)) && (await run.judge());
      reason = stop ?? run.ending;
      const isEnd = reason !== undefined || signal?.aborted === true;
      if (isEnd || isBest || isDue(run.iteration, config.snapshotInterval)) await run.keep(isBest);
    }
    return { weights: run.judgedWeights(), iteration: run.iteration, reason };
  } finally {
    run.dispose();
  }
}

function isDue(iteration: number, interval: number): boolean {
  return interval > 0 && iteration % interval === 0;
}
