// Set-up: modules, native add-ons, TensorFlow, build. Runs before anything is installed, so it uses Node's own modules only.
//   npm run setup                    everything; under a second when there is nothing to do
//   npm run setup -- --again         also tries again what fell back to something slower
//   npm run setup -- --modules-only  npm's modules, no add-ons and no build
import { buildPackages } from './setup/build.mjs';
import { withLock } from './setup/lock.mjs';
import { installModules } from './setup/modules.mjs';
import { buildAddOns } from './setup/native.mjs';
import { SetupError, say } from './setup/progress.mjs';
import { readStamp } from './setup/stamp.mjs';
import { prepareTensorFlow } from './setup/tensorflow.mjs';

const steps = [installModules, buildAddOns, prepareTensorFlow, buildPackages];

const flags = new Set(process.argv.slice(2));
const again = flags.delete('--again');
const modulesOnly = flags.delete('--modules-only');

try {
  requireNode(20, 19);
  if (flags.size > 0)
    throw new SetupError(`unknown option ${[...flags].join(' ')}`, 'Known are --again and --modules-only.');
  const wanted = modulesOnly ? steps.slice(0, 1) : steps;
  const started = Date.now();
  let stamp = again ? {} : readStamp();
  if (wanted.some((step) => !step.isDone(stamp))) {
    await withLock(async () => {
      // another set-up may have done the work while this one waited
      stamp = again ? {} : readStamp();
      for (const step of wanted) if (!step.isDone(stamp)) await step.run();
    });
    say(`set up in ${Math.round((Date.now() - started) / 1000)} s`);
  } else if (process.env.npm_lifecycle_event === 'setup') say('nothing to do, everything is set up');
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
