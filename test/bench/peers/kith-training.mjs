// kith's training, asked for by lines of JSON: what tensorflow-training.py does, and what only kith has.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildModel, loadTensorFlow, trainableVariables } from '@kith/network/tfjs';
import { augmentations, shuffledSampler, solverOf } from '@kith/training';
import { openLoader } from '@kith/training/data';
import { createOptimizer, gradientStep, train } from '@kith/training/tfjs';

const tf = await loadTensorFlow();
/** Milliseconds in TensorFlow's library since the last time this was set to 0. */
let inside = 0;
watchLibrary(tf.backend());
let session;

/** Count the time of every call into TensorFlow's library. */
function watchLibrary(backend) {
  const { binding } = backend;
  const watched = (call) =>
    function watch(...args) {
      const began = performance.now();
      try {
        return call.apply(binding, args);
      } finally {
        inside += performance.now() - began;
      }
    };
  const entries = Object.getOwnPropertyNames(binding).map((name) => [name, binding[name]]);
  backend.binding = Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'function' ? watched(value) : value]),
  );
}

const floats = (file) => new Float32Array(Uint8Array.from(readFileSync(file)).buffer);

/** The mean over a batch of squared distances to targets; the same in tensorflow-training.py. */
const objectiveOf = (targetsOf) => ({
  loss: ({ embeddings, batch }) => {
    const targets = tf.tensor(targetsOf(batch), embeddings.shape);
    return embeddings.sub(targets).square().sum().div(embeddings.shape[0]);
  },
});

function open({ folder }) {
  const { network, learningRate, batch, weights: table } = JSON.parse(readFileSync(join(folder, 'net.json'), 'utf8'));
  const numbers = floats(join(folder, 'weights.f32'));
  const weights = new Map(
    table.map(({ name, shape, offset, length }) => [name, { shape, data: numbers.slice(offset, offset + length) }]),
  );
  const model = buildModel(tf, network, { weights });
  const variables = trainableVariables(model);
  const config = solverOf({ type: 'Adam', baseLr: learningRate, maxIterations: 1e6, delta: 1e-7 });
  const targets = floats(join(folder, 'targets.f32'));
  session?.close();
  session = {
    network,
    weights,
    config,
    step: {
      model,
      objective: objectiveOf(() => targets),
      heads: new Map(),
      variables,
      isNormFrozen: false,
    },
    batch: { pixels: floats(join(folder, 'batch.f32')), rows: new Int32Array(batch) },
    optimizer: createOptimizer(tf, { config, variables }),
    iteration: 0,
    close() {
      this.optimizer.dispose();
      model.dispose();
    },
  };
  const output = tf.tidy(() => {
    const pixels = tf.tensor(session.batch.pixels, [batch, ...network.input]);
    return [...model.predictOnBatch(pixels).dataSync()];
  });
  return { output, version: tf.backend().binding.TF_Version };
}

/** Updates of one batch. */
function steps({ count }) {
  const answer = { ms: [], cpuMs: [], losses: [], insideMs: [] };
  for (let i = 0; i < count; i++) {
    const { batch, step, optimizer, iteration } = session;
    inside = 0;
    const used = process.cpuUsage();
    const began = performance.now();
    const { loss, gradients } = gradientStep(tf, step, { batch, iteration });
    optimizer.accumulate(gradients);
    tf.dispose([...gradients.values()]);
    optimizer.apply(iteration);
    answer.ms.push(performance.now() - began);
    const { user, system } = process.cpuUsage(used);
    answer.cpuMs.push((user + system) / 1000);
    answer.insideMs.push(inside);
    answer.losses.push(loss);
    session.iteration++;
  }
  return answer;
}

/** The whole loop with a loader: the share of the updates' time that it waited for faces. */
async function loop({ pack, count, batch, threads }) {
  const { network, weights, config } = session;
  const [sizePx] = network.input;
  const sampler = shuffledSampler({ count: batch * 4, batchSize: batch, seed: 1 });
  const loader = await openLoader({ pack, sampler, augmentation: augmentations.standard, sizePx, seed: 1, threads });
  const targetsOf = ({ rows }) => new Float32Array(rows.length * session.step.model.outputs[0].shape.at(-1));
  const seconds = [];
  const waits = [];
  try {
    await train(tf, {
      network,
      weights,
      objective: objectiveOf(targetsOf),
      config: { ...config, maxIterations: count + 2 },
      loader,
      batchesPerEpoch: 4,
      onStep: ({ iteration, secondsPerUpdate, waitShare }) => {
        // the first ones start the threads and warm up
        if (iteration <= 2) return;
        seconds.push(secondsPerUpdate);
        waits.push(waitShare * secondsPerUpdate);
      },
    });
  } finally {
    await loader.close();
  }
  const sum = (list) => list.reduce((total, value) => total + value, 0);
  return { waitShare: sum(waits) / sum(seconds) };
}

const say = (answer) => process.stdout.write(`${JSON.stringify({ peer: answer })}\n`);
say({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  if (message.open) say(open(message.open));
  else if (message.steps) say(steps(message.steps));
  else say(await loop(message.loop));
}
