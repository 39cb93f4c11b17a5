import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { smallDeepface } from '@kith/alignment';
import { createRandom, type Random, shuffled } from '@kith/core';
import { assignWeights, buildModel, loadTensorFlow, readWeights, type TensorFlow } from '@kith/network/tfjs';
import { decodeSafetensors, encodeSafetensors } from '@kith/network/weights';
import { createProgress } from '@kith/terminal';
import type { AlignedSet } from './aligned-sets.ts';

// one budget for every alignment
const settings = {
  seed: 1,
  epochs: 10,
  batch: 32,
  /** Of Adam: with plain momentum the loss stays near ln(classes) for epochs. */
  learningRate: 1e-3,
  /** The rate falls to a tenth after these shares of the epochs. */
  drops: [0.6, 0.85],
} as const;

/** What a training run came to. */
export interface SmallNetRun {
  readonly settings: typeof settings;
  /** Mean cross-entropy of each epoch. */
  readonly losses: readonly number[];
  /** F7 of every face of the set. Shape `[count, length]`. */
  readonly features: Float32Array;
  readonly length: number;
}

interface Progressed {
  readonly losses: readonly number[];
}

export interface TrainOptions {
  /** Person of each of the set's first faces, which are trained on. */
  readonly labels: Int32Array;
  readonly classes: number;
  /** Where the state after each epoch is kept. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

type Model = ReturnType<typeof buildModel>;
type Optimizer = ReturnType<TensorFlow['train']['adam']>;

/**
 * Train the small DeepFace net on aligned faces by softmax cross-entropy. The optimizer begins anew with each epoch, after which the
 * weights are kept: so a stopped run loses one epoch at most, and a finished one is not made again.
 */
export async function trainSmallNet(
  set: AlignedSet,
  { labels, classes, folder, signal }: TrainOptions,
): Promise<SmallNetRun> {
  const tf = await loadTensorFlow();
  const network = smallDeepface({ classes, sidePx: set.sidePx });
  const model = buildModel(tf, network, { seed: settings.seed });
  const saved = join(folder, `small-net-${set.alignment}.safetensors`);
  const log = join(folder, `small-net-${set.alignment}.json`);
  mkdirSync(folder, { recursive: true });
  const losses: number[] = [];
  if (existsSync(saved) && existsSync(log)) {
    assignWeights(tf, { model, network, weights: decodeSafetensors(readFileSync(saved)).weights });
    losses.push(...(JSON.parse(readFileSync(log, 'utf8')) as Progressed).losses);
  }
  const trained = Int32Array.from(labels.keys()).filter((i) => set.isAligned[i] === 1);
  const progress = createProgress(settings.epochs, { label: `epochs, ${set.alignment}` });
  for (let epoch = 0; epoch < settings.epochs; epoch++) {
    if (epoch < losses.length) {
      progress.tick({ isWork: false });
      continue;
    }
    const random = createRandom(settings.seed * 1000 + epoch);
    const optimizer = tf.train.adam(rateOf(epoch));
    const order = shuffled([...trained], random);
    losses.push(trainEpoch(tf, { model, optimizer, set, labels, classes, order, random, signal }));
    optimizer.dispose();
    writeWhole(saved, encodeSafetensors({ weights: readWeights(model), metadata: {} }));
    writeWhole(log, JSON.stringify({ losses } satisfies Progressed));
    progress.tick({ isWork: true });
  }
  progress.end();
  const { features, length } = featuresOf(tf, model, set);
  model.dispose();
  return { settings, losses, features, length };
}

function rateOf(epoch: number): number {
  const passed = settings.drops.filter((share) => epoch >= share * settings.epochs).length;
  return settings.learningRate / 10 ** passed;
}

interface Epoch {
  readonly model: Model;
  readonly optimizer: Optimizer;
  readonly set: AlignedSet;
  readonly labels: Int32Array;
  readonly classes: number;
  readonly order: readonly number[];
  readonly random: Random;
  readonly signal: AbortSignal;
}

/** @returns The mean loss. */
function trainEpoch(tf: TensorFlow, { model, optimizer, set, labels, classes, order, random, signal }: Epoch): number {
  let sum = 0;
  const batches = Math.floor(order.length / settings.batch);
  for (let b = 0; b < batches; b++) {
    signal.throwIfAborted();
    const faces = order.slice(b * settings.batch, (b + 1) * settings.batch);
    sum += tf.tidy(() => {
      const x = batchOf(tf, set, { faces, isFlipped: () => random() < 0.5 });
      const y = tf.oneHot(
        tf.tensor1d(
          Int32Array.from(faces, (face) => labels[face]!),
          'int32',
        ),
        classes,
      );
      const crossEntropy = () => {
        const shares = model.apply(x, { training: true }) as typeof x;
        return shares.mul(y).sum(-1).add(1e-7).log().neg().mean().asScalar();
      };
      return optimizer.minimize(crossEntropy, true)!.dataSync()[0]!;
    });
  }
  return sum / batches;
}

/** F7 of all faces. */
function featuresOf(tf: TensorFlow, model: Model, set: AlignedSet): Pick<SmallNetRun, 'features' | 'length'> {
  const toF7 = tf.model({ inputs: model.inputs, outputs: model.getLayer('F7/relu').output });
  const length = toF7.outputs[0]!.shape[1]!;
  const features = new Float32Array(set.count * length);
  for (let from = 0; from < set.count; from += settings.batch) {
    const faces = Array.from({ length: Math.min(settings.batch, set.count - from) }, (_, i) => from + i);
    const values = tf.tidy(() => {
      const x = batchOf(tf, set, { faces, isFlipped: () => false });
      return (toF7.predictOnBatch(x) as typeof x).dataSync();
    });
    features.set(values, from * length);
  }
  return { features, length };
}

/** Faces as the net takes them, each of mean 0 and deviation 1. Shape `[faces, sidePx, sidePx, 3]`. */
function batchOf(
  tf: TensorFlow,
  { pixels, sidePx }: AlignedSet,
  { faces, isFlipped }: { readonly faces: readonly number[]; readonly isFlipped: () => boolean },
) {
  const bytes = sidePx * sidePx * 3;
  const data = new Float32Array(faces.length * bytes);
  faces.forEach((face, i) => {
    const step = isFlipped() ? -3 : 3;
    for (let row = 0; row < sidePx; row++) {
      let from = face * bytes + row * sidePx * 3 + (step < 0 ? (sidePx - 1) * 3 : 0);
      for (let to = i * bytes + row * sidePx * 3, end = to + sidePx * 3; to < end; to += 3, from += step) {
        data[to] = pixels[from]!;
        data[to + 1] = pixels[from + 1]!;
        data[to + 2] = pixels[from + 2]!;
      }
    }
    standardize(data.subarray(i * bytes, (i + 1) * bytes));
  });
  return tf.tensor4d(data, [faces.length, sidePx, sidePx, 3]);
}

/** Bring numbers to mean 0 and deviation 1, in place; those of one value to 0. */
export function standardize(values: Float32Array): void {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const scale = variance > 0 ? 1 / Math.sqrt(variance) : 0;
  for (let i = 0; i < values.length; i++) values[i] = (values[i]! - mean) * scale;
}

/** Write a file so that another process, or a later one, sees it whole or not at all. */
function writeWhole(file: string, content: Uint8Array | string): void {
  writeFileSync(`${file}.tmp`, content);
  renameSync(`${file}.tmp`, file);
}
