import { type EmbeddingSpace, FaceError, formatSpace } from '@kith/core';
import type { DecisionTable } from '@kith/evaluation';
import { count, type Runtime, type RuntimeName } from '@kith/network';
import { openRuntime } from '@kith/network/runtime';
import { readDecisionTable } from './decision-table.ts';
import { dlibResnet } from './dlib-resnet.ts';
import { dlibResnetInt8 } from './dlib-resnet-int8.ts';
import type { FaceModel, ModelPlan } from './face-model.ts';
import { facenet } from './facenet.ts';
import { kithInceptionModel } from './kith-inception.ts';
import { kithResnetModel } from './kith-resnet.ts';
import { kithSmallModel } from './kith-small.ts';
import { readModelCard } from './model-card.ts';
import type { ModelEntry } from './model-entry.ts';
import { tripletScratchModel } from './triplet-scratch.ts';

export type { FaceModel } from './face-model.ts';
export type { LfwFigures, ModelCard, SpeedFigures } from './model-card.ts';
export type { ModelEntry } from './model-entry.ts';
export { accuracyText, millisecondsText, modelFigures } from './model-figures.ts';

/** The weights that come with kith, by the sha256 of their files. */
const kithSmall = kithSmallModel({ sha256: 'e6bced8dd9d0ba2fb7a96b263bd7a31ed354ecd27c6f5d0cddbcc83933237f7a' });
const kithInception = kithInceptionModel({
  sha256: '893a308a99f8f00f6d8f3a2376379fde2cb5625d22399dc90156ee24e825f5f0',
});
const kithResnet = kithResnetModel({ sha256: '03a3cff7a45f9f687cd5f5602aaca3860f49194e0d4d2dad7a967dfe9cb44d33' });
const tripletScratch = tripletScratchModel({
  sha256: '9ebb49d382aa1a21f73f7db62620b37c73af9f7ceeeec9aa7b055af625048e12',
});

/** Every model there is, by name. */
const plans: ReadonlyMap<string, ModelPlan> = new Map(
  [dlibResnet, dlibResnetInt8, facenet, kithSmall, kithInception, kithResnet, tripletScratch].map((plan) => [
    plan.name,
    plan,
  ]),
);

export const modelNames: readonly string[] = [...plans.keys()];

export const defaultModel: string = dlibResnetInt8.name;

/** A model that decisions can be taken with. */
export type MeasuredModel = FaceModel & { readonly decisions: DecisionTable };

/** @throws {FaceError} `USAGE` for a model that was loaded without what was measured of it. */
export function measured(model: FaceModel): MeasuredModel {
  const { decisions } = model;
  if (decisions) return { ...model, decisions };
  throw new FaceError('USAGE', `${model.name} was loaded to be measured, so it can decide nothing yet.`);
}

export interface LoadModelOptions {
  /** What runs the nets: `KITH_RUNTIME` where left out, else the first that loads. */
  readonly runtime?: RuntimeName | 'auto' | undefined;
  /** Threads in all: `KITH_THREADS` where left out, else a thread a core, four at most. */
  readonly threads?: number | undefined;
  /** Worker threads that these are shared among; 0 runs the nets in the thread that asks. */
  readonly workers?: number | undefined;
  /** Load it without what was measured of it, to measure it. */
  readonly isUnmeasured?: boolean | undefined;
}

/**
 * Load a model.
 *
 * @throws {FaceError} `MODEL_UNKNOWN`, `WEIGHTS_CHECKSUM`, `RUNTIME_UNAVAILABLE`, or `USAGE` for a runtime or number that is none.
 */
export async function loadModel(
  name: string = defaultModel,
  { runtime: wanted, threads, workers, isUnmeasured = false }: LoadModelOptions = {},
): Promise<FaceModel> {
  const plan = planOf(name);
  const { space } = plan;
  const decisions = isUnmeasured ? undefined : await readDecisionTable(name, { space });
  const runtime = await openRuntime({ runtime: wanted, threads, workers });
  try {
    const { detector, landmarks, embedder } = await openNets(plan, runtime);
    return {
      name,
      space,
      runtime: runtime.name,
      detector: detector.name,
      decisions,
      detect: (image) => detector.detect(image),
      locate: (image, boxes) => landmarks.locate(image, boxes),
      align: plan.align,
      embed: (faces) => embedder.embed(faces),
      dispose: () => runtime.dispose(),
    };
  } catch (error) {
    await runtime.dispose();
    throw error;
  }
}

async function openNets(plan: ModelPlan, runtime: Runtime) {
  const [finder, embedder] = await Promise.all([plan.openFinder(runtime), plan.openEmbedder(runtime)]);
  return { ...finder, embedder };
}

/** List the models there are. */
export function listModels(): Promise<readonly ModelEntry[]> {
  return Promise.all(modelNames.map(describeModel));
}

/**
 * Tell what is known of a model without loading it.
 *
 * @throws {FaceError} `MODEL_UNKNOWN`, or `WEIGHTS_CHECKSUM` where its card is missing.
 */
export async function describeModel(name: string): Promise<ModelEntry> {
  const { space, network, isAvailable } = planOf(name);
  const [{ lfw, speed, ...card }, available] = await Promise.all([readModelCard(name), isAvailable()]);
  const { parameters, macs } = count(network);
  return {
    ...card,
    space: formatSpace(space),
    dimension: space.dimension,
    network: network.name,
    parameters,
    macs,
    lfw: lfw ?? null,
    speed: speed ?? null,
    available,
    default: name === defaultModel,
  };
}

/** @throws {FaceError} `MODEL_UNKNOWN` when there is no model of that name. */
export function spaceOfModel(name: string): EmbeddingSpace {
  return planOf(name).space;
}

/** The name of the model that embeds into a space, where there is one. */
export function modelForSpace(space: EmbeddingSpace): string | undefined {
  return modelNames.find((name) => formatSpace(planOf(name).space) === formatSpace(space));
}

function planOf(name: string): ModelPlan {
  const plan = plans.get(name);
  if (plan) return plan;
  throw new FaceError('MODEL_UNKNOWN', `There is no model "${name}". There is: ${modelNames.join(', ')}.`);
}
