// Set-up: modules, native add-ons, runtime, build. Runs before anything is installed, so it uses Node's own modules only.
//   npm run setup                    all that kith needs; under a second when there is nothing to do
//   npm run setup:training           (--training) TensorFlow too: for training, the tests and the bench
//   npm run setup -- --again         also tries again what fell back to something slower
//   npm run setup -- --modules-only  npm's modules, no add-ons and no build
import { buildPackages } from './setup/build.mjs';
import { withLock } from './setup/lock.mjs';
import { installModules } from './setup/modules.mjs';
import { buildAddOns } from './setup/native.mjs';
import { SetupError, say } from './setup/progress.mjs';
import { probeRuntime } from './setup/runtime.mjs';
import { readStamp } from './setup/stamp.mjs';
import { prepareTensorFlow } from './setup/tensorflow.mjs';

const flags = new Set(process.argv.slice(2));
const again = flags.delete('--again');
const training = flags.delete('--training');
const modulesOnly = flags.delete('--modules-only');

const steps = [installModules];
if (!modulesOnly) steps.push(buildAddOns, probeRuntime, ...(training ? [prepareTensorFlow] : []), buildPackages);

try {
  requireNode(20, 19);
  if (flags.size > 0)
    throw new SetupError(`unknown option ${[...flags].join(' ')}`, 'Known are --training, --again and --modules-only.');
  const started = Date.now();
  let stamp = again ? {} : readStamp();
  if (steps.some((step) => !step.isDone(stamp))) {
    await withLock(async () => {
      // another set-up may have done the work while this one waited
      stamp = again ? {} : readStamp();
      for (const step of steps) if (!step.isDone(stamp)) await step.run();
    });
    say(`set up in ${Math.round((Date.now() - started) / 1000)} s`);
  } else if (process.env.npm_lifecycle_event?.startsWith('setup')) say('nothing to do, everything is set up');
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`\nsetup failed: ${error.message}\n${error.advice}\n`);
  process.exitCode = 1;
}

/**
 * @param {number} major
 * @param {number} minor
 */
function requireNode(major, minor) {
  const [haveMajor = 0, haveMinor = 0] = process.versions.node.split('.').map(Number);
  if (haveMajor > major || (haveMajor === major && haveMinor >= minor)) return;
  throw new SetupError(
    `this is Node ${process.versions.node}, and kith needs ${major}.${minor} or newer`,
    'Install a current Node and run the command again.',
  );
}
