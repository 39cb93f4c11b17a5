// One training step of kith against the same step of the same net in Python's TensorFlow, of the same library.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kithSmall, nn4Small2 } from '@kith/embedding';
import { initialWeights, layOut, mobilefacenetOf } from '@kith/network';
import { createPack } from '@kith/training/data';
import { startPeer } from './peer.mjs';
import { formatTable, median, tell } from './table.mjs';
import { tensorflowPython } from './tensorflow-venv.mjs';

const script = (file) => fileURLToPath(new URL(`peers/${file}`, import.meta.url));
const kith = { name: 'kith', command: () => [process.execPath, script('kith-training.mjs')] };
const python = (version) => ({
  name: 'Python',
  command: () => {
    const program = tensorflowPython(version);
    return program === undefined ? undefined : [program, script('tensorflow-training.py')];
  },
});

/** FaceNet's batch is of people with several photos each; these are the sizes that our recipes take. */
const nets = () => [
  { network: nn4Small2, batch: 90 },
  { network: mobilefacenetOf({ input: [96, 96] }), batch: 90 },
  { network: kithSmall, batch: 128 },
];
const learningRate = 1e-4;
/** Greatest difference between the outputs of the two, as a share of the largest number. */
const tolerance = 1e-3;

/**
 * Time updates of each net in both, in turn.
 *
 * @param {string} scratch Folder for what the two read.
 * @param {{ threads: number[], rounds: number, loaded: number, smaller?: number }} options Rounds of one update each; updates with a
 *   loader; by what batches are divided.
 * @returns One row a net and thread count: images a second by the quickest update, and their ratio.
 */
export async function benchTraining(scratch, { threads, rounds, loaded, smaller = 1 }) {
  const rows = [];
  for (const count of threads) {
    const ours = startPeer(kith, { threads: count });
    const { version } = await firstAnswer(ours, scratch);
    const theirs = startPeer(python(version), { threads: count });
    const running = theirs === undefined ? [ours] : [ours, theirs];
    try {
      await Promise.all(running.slice(1).map(({ ready }) => ready));
      for (const { network, batch: whole } of nets()) {
        const batch = Math.ceil(whole / smaller);
        const folder = join(scratch, `${network.name}-${batch}`);
        if (!existsSync(folder)) await writeNet(folder, network, batch);
        tell(`training ${network.name}, ${batch} images a batch, threads: ${count}`);
        const timed = await timeNet(running, { folder, rounds });
        const { waitShare } = await ours.ask({
          loop: { pack: join(folder, 'pack'), count: loaded, batch, threads: 1 },
        });
        rows.push({ net: network.name, threads: count, batch, version, ...timed, waitShare });
      }
    } finally {
      await Promise.all(running.map((peer) => peer.stop()));
    }
  }
  return rows;
}

/** Learn the library's version from a small net. */
async function firstAnswer(peer, scratch) {
  await peer.ready;
  const folder = join(scratch, 'first');
  if (!existsSync(folder)) await writeNet(folder, kithSmall, 1);
  return peer.ask({ open: { folder } });
}

async function timeNet(running, { folder, rounds }) {
  const outputs = [];
  for (const peer of running) outputs.push((await peer.ask({ open: { folder } })).output);
  const difference = outputs.length > 1 ? differenceOf(...outputs) : undefined;
  if (difference > tolerance) throw new Error(`the outputs differ by ${difference} of the largest number`);
  const turns = running.map(() => ({ ms: [], cpuMs: [], losses: [], insideMs: [] }));
  // the first two updates trace, allocate and warm up
  for (let round = 0; round < rounds + 2; round++) {
    for (const [i, peer] of running.entries()) {
      const { ms, cpuMs, losses, insideMs = [] } = await peer.ask({ steps: { count: 1 } });
      turns[i].losses.push(...losses);
      if (round < 2) continue;
      turns[i].ms.push(...ms);
      turns[i].cpuMs.push(...cpuMs);
      turns[i].insideMs.push(...insideMs);
    }
  }
  const [own, other] = turns;
  const apart = other?.losses.map((loss, i) => Math.abs(loss - own.losses[i]) / loss);
  const lossDifference = apart && Math.max(...apart);
  if (lossDifference > 10 * tolerance)
    throw new Error(`the losses of an update differ by ${lossDifference} of their size`);
  return {
    difference,
    lossDifference,
    ms: Math.min(...own.ms),
    pythonMs: other && Math.min(...other.ms),
    cpuMs: Math.min(...own.cpuMs),
    pythonCpuMs: other && Math.min(...other.cpuMs),
    scriptShare: median(own.ms.map((ms, i) => 1 - own.insideMs[i] / ms)),
  };
}

function differenceOf(one, other) {
  const largest = one.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return one.reduce((most, value, i) => Math.max(most, Math.abs(value - other[i])), 0) / largest;
}

/** Write a net as a graph with its weights, a batch, what is wanted of it, and a pack of as many faces. */
async function writeNet(folder, network, batch) {
  mkdirSync(folder, { recursive: true });
  const { nodes, outputs } = layOut(network);
  const trainable = new Map(nodes.flatMap(({ parameters }) => parameters.map((one) => [one.name, one.trainable])));
  let offset = 0;
  const weights = [...initialWeights(network, { seed: 1 })].map(([name, { shape, data }]) => {
    const entry = { name, shape, data, offset, length: data.length, trainable: trainable.get(name) };
    offset += data.length;
    return entry;
  });
  const table = weights.map(({ data, ...entry }) => entry);
  const graph = nodes.map(({ parameters, row, ...node }) => node);
  const description = { network, nodes: graph, output: outputs[0], weights: table, batch, learningRate };
  writeFileSync(join(folder, 'net.json'), JSON.stringify(description));
  writeFileSync(join(folder, 'weights.f32'), Buffer.concat(weights.map(({ data }) => bytesOf(data))));
  const [sidePx] = network.input;
  const pixels = waves(batch * sidePx * sidePx * 3, 1);
  // nets without a layer for it are fed what is about as large as one
  const isFedPixels = nodes[0].operation.kind === 'normalize';
  writeFileSync(join(folder, 'batch.f32'), bytesOf(isFedPixels ? pixels : pixels.map((value) => value / 128 - 1)));
  const { shape } = nodes.find(({ name }) => name === outputs[0]);
  writeFileSync(join(folder, 'targets.f32'), bytesOf(waves(batch * shape.at(-1), 2).map((v) => v / 1280)));
  await writePack(join(folder, 'pack'), sidePx, batch * 4);
}

async function writePack(path, sidePx, count) {
  const pack = createPack(path, { sidePx });
  for (let i = 0; i < count; i++) {
    const data = Uint8Array.from(waves(sidePx * sidePx * 3, i));
    pack.append({ width: sidePx, height: sidePx, data }, { file: `${i}.png`, person: `${i % 16}` });
  }
  await pack.finish();
  pack.close();
}

/** Numbers in [0, 255) that look like shapes with noise. */
function waves(length, seed) {
  let state = seed + 1;
  return Float32Array.from({ length }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return 90 * (1 + Math.sin(i / 97 + seed)) + (state >>> 24) / 4;
  });
}

const bytesOf = ({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength);

export function formatTraining(rows) {
  const percent = (share) => share && `${(100 * share).toFixed(1)} %`;
  const perSecond = ({ batch }, ms) => ms && ((batch / ms) * 1000).toFixed(0);
  return formatTable(
    [
      '',
      'threads',
      'batch',
      'kith images/s',
      'Python images/s',
      'kith ÷ Python',
      'by CPU time',
      'JavaScript',
      'waits',
      'outputs differ',
      'losses',
    ],
    rows.map((row) => [
      row.net,
      row.threads,
      row.batch,
      perSecond(row, row.ms),
      perSecond(row, row.pythonMs),
      row.pythonMs && (row.pythonMs / row.ms).toFixed(2),
      row.pythonCpuMs && (row.pythonCpuMs / row.cpuMs).toFixed(2),
      percent(row.scriptShare),
      percent(row.waitShare),
      row.difference?.toExponential(1),
      row.lossDifference?.toExponential(1),
    ]),
  );
}
