import { fitCamera, poseOf, toFiducials67 } from '@kith/alignment';
import { createRandom, type Landmarks, type Point, type Random } from '@kith/core';
import type { Head, View } from './render-head.ts';
import { type HeadSpec, headShape, nodModel, readSurreyModel, type SurreyModel } from './surrey-model.ts';
import { type SyntheticLandmarks, syntheticLandmarks } from './synthetic-landmarks.ts';
import { paintSkin } from './synthetic-paint.ts';

/** The 3-D model with its landmarks, its mean face's front being the front that the fitted camera knows. */
export interface Scene {
  readonly model: SurreyModel;
  readonly landmarks: SyntheticLandmarks;
}

/** Side of the pictures in px, as LFW's. */
export const pictureSidePx = 250;

/** How far the camera stands from a head, as for a portrait. */
const distanceMm = 1000;

/** Draws of coefficients as wide as the model's own give caricatures now and then. */
const spread = 0.8;

const expressionShare = 0.7;

/**
 * Read the model and nod it until its mean face, seen from the front, is fitted with a pitch of 0: where the front is, is a convention that
 * two 3-D shapes do not share.
 */
export async function readScene(folder: string): Promise<Scene> {
  const model = await readSurreyModel(folder);
  for (let round = 0; round < 3; round++) {
    const front = { yawDegrees: 0, pitchDegrees: 0, rollDegrees: 0, pxPerMm: 1, middle: [0, 0] as Point };
    const seen = syntheticLandmarks(model).locate(headShape(model, { seed: 0, spread: 0 }), front);
    const { pitchDegrees } = poseOf(fitCamera(toFiducials67(seen)));
    // a pitch above 0 has the nose up, and a turn about x by a positive angle lowers it
    nodModel(model, { radians: (pitchDegrees * Math.PI) / 180 });
  }
  return { model, landmarks: syntheticLandmarks(model) };
}

/** Draw a head: its shape, its colours, and in most an expression. */
export function drawHead({ model }: Scene, { seed }: Pick<HeadSpec, 'seed'>): Head {
  const random = createRandom(seed ^ 0xface);
  const hasExpression = random() < expressionShare;
  const { name } = model.expressions[Math.floor(random() * model.expressions.length)]!;
  const expression = { name, amount: 0.3 + 0.7 * random() };
  const shape = headShape(model, { seed, spread, ...(hasExpression && { expression }) });
  return { shape, triangles: model.triangles, skin: paintSkin(model, { seed }) };
}

/** Look at a head from a side, its face in the middle of the picture, as large as LFW's faces or larger. */
export function viewOf(
  scene: Scene,
  {
    head,
    random,
    turn,
  }: {
    readonly head: Pick<Head, 'shape'>;
    readonly random: Random;
    readonly turn: Pick<View, 'yawDegrees' | 'pitchDegrees' | 'rollDegrees'>;
  },
): View {
  const aimed = { ...turn, pxPerMm: 0.65 + 0.35 * random(), middle: [0, 0] as Point, distanceMm };
  const { points } = scene.landmarks.locate(head.shape, aimed);
  const across = Array.from({ length: 68 }, (_, i) => points[2 * i]!);
  const down = Array.from({ length: 68 }, (_, i) => points[2 * i + 1]!);
  const middle = (values: readonly number[]) => (Math.min(...values) + Math.max(...values)) / 2;
  const half = (pictureSidePx - 1) / 2;
  return { ...aimed, middle: [half - middle(across), half - middle(down)] };
}

/** Where the head's landmarks lie from the front, without perspective, in mm of the head. */
export function frontLandmarks({ landmarks }: Scene, { shape }: Pick<Head, 'shape'>): Landmarks {
  const front = { yawDegrees: 0, pitchDegrees: 0, rollDegrees: 0, pxPerMm: 1, middle: [0, 0] as Point };
  return landmarks.locate(shape, front);
}
