import { type EmbeddingSpace, FaceError, formatSpace } from '@kith/core';
import { dlibResnetName, dlibResnetSpace, loadDlibResnet } from './dlib-resnet.ts';
import type { FaceModel } from './face-model.ts';

export type { FaceModel } from './face-model.ts';

interface RegisteredModel {
  readonly space: EmbeddingSpace;
  readonly load: () => Promise<FaceModel>;
}

/** Every model there is, by name. */
const registry: ReadonlyMap<string, RegisteredModel> = new Map([
  [dlibResnetName, { space: dlibResnetSpace, load: loadDlibResnet }],
]);

export const modelNames: readonly string[] = [...registry.keys()];

export const defaultModel: string = dlibResnetName;

/** @throws {FaceError} `MODEL_UNKNOWN` when there is no model of that name. */
export function loadModel(name: string = defaultModel): Promise<FaceModel> {
  return registered(name).load();
}

/** @throws {FaceError} `MODEL_UNKNOWN` when there is no model of that name. */
export function spaceOfModel(name: string): EmbeddingSpace {
  return registered(name).space;
}

/** The name of the model that embeds into a space, where there is one. */
export function modelForSpace(space: EmbeddingSpace): string | undefined {
  return modelNames.find((name) => formatSpace(registered(name).space) === formatSpace(space));
}

function registered(name: string): RegisteredModel {
  const model = registry.get(name);
  if (!model) throw new FaceError('MODEL_UNKNOWN', `There is no model "${name}". There is: ${modelNames.join(', ')}.`);
  return model;
}
