// A run in a folder, from its newest snapshot: what test/training-kill.test.ts kills. Arguments: the run's folder, the pack.
import { argv, stdout } from 'node:process';
import { loadTensorFlow } from '@kith/network/tfjs';
import { openRunFolder } from '@kith/training/run';
import { train } from '@kith/training/tfjs';
import { openTinyLoader, tinySolver, tinyTask } from '../../packages/training/src/adapters/tfjs/train.test-support.ts';

const [dir, pack] = argv.slice(2) as [string, string];
const config = { ...tinySolver, maxIterations: 120, snapshotInterval: 5, testInterval: 20 };

const tf = await loadTensorFlow();
const folder = await openRunFolder<{ bestScore: number | undefined; validationsSinceBest: number }>(dir, {
  config,
  gitCommit: 'none',
  dataHash: 'tiny',
});
const begun = await folder.snapshots.newest();
stdout.write(`from ${begun?.iteration ?? 0}\n`);
const loader = await openTinyLoader(pack);
await train(
  tf,
  tinyTask(tf, {
    loader,
    config,
    state: begun && { iteration: begun.iteration, groups: begun.groups, ...begun.state },
    // a score of the weights, which has its best in the middle as well as at the end
    validate: async ({ model }) => Math.sin(1e3 * model.getWeights()[0]!.dataSync()[0]!),
    save: ({ iteration, groups, ...state }, isBest) => folder.snapshots.save({ iteration, groups, state, isBest }),
    onStep: ({ iteration }) => {
      stdout.write(`${iteration}\n`);
      return undefined;
    },
  }),
);
await loader.close();
folder.close();
