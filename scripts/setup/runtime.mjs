import { existsSync } from 'node:fs';
import { inPackage } from './paths.mjs';
import { runCommand, say } from './progress.mjs';
import { addToStamp, hashFiles, nativeKey } from './stamp.mjs';

const name = 'onnxruntime-node';

/** A model file of one node, y = -x over three numbers. */
const negation = 'CAg6MgoLCgF4EgF5IgNOZWcSAW5aDwoBeBIKCggIARIECgIIA2IPCgF5EgoKCAgBEgQKAggDQgIQDQ==';

/**
 * Whether what runs the networks loads here. Its own install step is never run: that fetches libraries for graphics cards, and the one
 * for processors is in the npm package. Where it does not load, kith has a slower one, so this never fails.
 */
export const probeRuntime = {
  /** @param {import('./stamp.mjs').Stamp} stamp */
  isDone: (stamp) => stamp.runtime === runtimeKey(true) || stamp.runtime === runtimeKey(false),
  run,
};

async function run() {
  const { ok, tail } = await runCommand(
    `${name}: does it load and compute`,
    process.execPath,
    [
      '-e',
      `(${compute})(require('${name}'), '${negation}').catch(({ message }) => { console.error(message); process.exit(1); })`,
    ],
    { cwd: inPackage(name), limitSeconds: 60, failure: 'no' },
  );
  if (!ok) for (const line of advice(tail)) say(`${name}: ${line}`);
  addToStamp({ runtime: runtimeKey(ok) });
}

/** @param {boolean} native Whether it loads. */
function runtimeKey(native) {
  const manifest = inPackage(name, 'package.json');
  const version = existsSync(manifest) ? hashFiles([manifest]).slice(0, 16) : 'missing';
  return `${nativeKey()}-${version}-${native ? 'native' : 'wasm'}`;
}

/**
 * Run in a Node of its own, since a library that does not fit may end the process.
 *
 * @param {typeof import('onnxruntime-node')} runtime
 * @param {string} model
 */
async function compute(runtime, model) {
  const session = await runtime.InferenceSession.create(Buffer.from(model, 'base64'));
  const { y } = await session.run({ x: new runtime.Tensor('float32', Float32Array.of(1, 2, 3), [3]) });
  if (y?.data[2] !== -3) throw new Error(`of 3 it made ${y?.data[2]}, expected -3`);
}

/**
 * What to do, by the reason that the dynamic loader gives.
 *
 * @param {string} tail
 */
function advice(tail) {
  const lines = tail.split('\n').map((line) => line.trim());
  const reason = lines.find((line) => /GLIBC|cannot open|Error|expected/.test(line)) ?? lines.at(-1);
  return [
    `it does not load here${reason ? ` (${reason})` : ''}.`,
    'kith then runs on WebAssembly, the same answers more slowly: KITH_RUNTIME=onnxruntime-wasm asks for it by name.',
    ...(/GLIBC|GLIBCXX|ld-linux|musl/.test(tail)
      ? [
          'its library is built for glibc; a distribution with a newer glibc, Debian rather than Alpine say, can load it.',
        ]
      : []),
    ...(process.platform === 'win32' && /module could not be found/.test(tail)
      ? ['it needs the Visual C++ Redistributable of 2019 or newer.']
      : []),
    'to try once more: npm run setup -- --again',
  ];
}
