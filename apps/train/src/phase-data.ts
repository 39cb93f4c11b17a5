import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Pack } from '@kith/training/data';
import { landmarksOfView, makeViews } from './data/make-views.ts';
import type { PreparedData } from './data/prepare-data.ts';
import { teach } from './data/teach.ts';
import type { Phase, Recipe } from './recipes/recipe.ts';
import { assertAtHand, type TeacherName, teacherOf } from './teachers.ts';

/** What a phase learns from. */
export interface PhaseData {
  readonly pack: Pack;
  /** What the teachers said, side by side. Shape `[count, sum of dimensions]`. */
  readonly targets: Float32Array | undefined;
  readonly teachers: readonly { readonly dimension: number }[];
  /** sha256 of all that is learnt from and judged by. */
  readonly hash: string;
}

/**
 * Bring together what a phase learns from; views are made, and teachers asked, once for all phases and recipes that want the same.
 *
 * @param cache - Where they are kept.
 * @throws {FaceError} `WEIGHTS_CHECKSUM` where a teacher who is still to be asked has no weights; as {@link makeViews} and {@link teach}.
 */
export async function phaseData(
  phase: Phase,
  recipe: Recipe,
  { data, cache, signal }: { readonly data: PreparedData; readonly cache: string; readonly signal: AbortSignal },
): Promise<PhaseData> {
  if (phase.learnsFrom === 'faces') {
    return { pack: data.faces, targets: undefined, teachers: [], hash: hashOf(data.faces.sha256, data.judging.sha256) };
  }
  const { faces, landmarks } = data;
  const drawn = { ...recipe.views!, landmarks, seed: recipe.seed };
  await assertTeachersAtHand(recipe, { faces, cache });
  const path = viewsPath(recipe, { faces, cache });
  const pack = await makeViews(path, faces, { ...drawn, signal });
  const landmarksOf = (row: number) => landmarksOfView(row, faces, drawn);
  const taught: { readonly dimension: number; readonly answers: Float32Array }[] = [];
  for (const { name, withoutMean } of recipe.teachers) {
    const teacher = teacherOf(name, { faces, landmarksOf });
    const { dimension } = teacher;
    const answers = await teach(answersPath(path, name), { pack, teacher, signal });
    taught.push({ dimension, answers: takeOffMean(answers, dimension, withoutMean) });
  }
  const targets = sideBySide(taught, pack.count);
  const hash = hashOf(pack.sha256, data.judging.sha256, new Uint8Array(targets.buffer));
  return { pack, targets, teachers: taught.map(({ dimension }) => ({ dimension })), hash };
}

/**
 * See that all teachers who are still to be asked can be, before hours of training show it.
 *
 * @param recipe - Whose views they teach.
 * @throws {FaceError} `WEIGHTS_CHECKSUM` where one of them has no weights.
 */
export async function assertTeachersAtHand(
  recipe: Pick<Recipe, 'views' | 'seed' | 'teachers'>,
  kept: { readonly faces: Pack; readonly cache: string },
): Promise<void> {
  const path = viewsPath(recipe, kept);
  for (const { name } of recipe.teachers) {
    if (!existsSync(answersPath(path, name))) await assertAtHand(name);
  }
}

/** Where the views of a recipe are kept, whatever else it does with them. */
function viewsPath(
  { views, seed }: Pick<Recipe, 'views' | 'seed'>,
  { faces, cache }: { readonly faces: Pack; readonly cache: string },
): string {
  return join(cache, `views-${hashOf(JSON.stringify([views, seed, faces.sha256])).slice(0, 12)}`);
}

/** Where a teacher's answers about views are kept. */
const answersPath = (views: string, teacher: TeacherName): string => `${views}-${teacher}.f32`;

function sideBySide(
  parts: readonly { readonly dimension: number; readonly answers: Float32Array }[],
  count: number,
): Float32Array {
  const [only, ...others] = parts;
  if (only && others.length === 0) return only.answers;
  const total = parts.reduce((sum, { dimension }) => sum + dimension, 0);
  const all = new Float32Array(count * total);
  let offset = 0;
  for (const { dimension, answers } of parts) {
    for (let row = 0; row < count; row++) {
      all.set(answers.subarray(row * dimension, (row + 1) * dimension), row * total + offset);
    }
    offset += dimension;
  }
  return all;
}

function hashOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** Take a share of the mean off each row, and bring rows to length 1 again; in place. */
export function takeOffMean(rows: Float32Array, dimension: number, share: number): Float32Array {
  const count = rows.length / dimension;
  const mean = new Float64Array(dimension);
  for (let k = 0; k < rows.length; k++) mean[k % dimension]! += rows[k]! / count;
  for (let from = 0; from < rows.length; from += dimension) {
    const row = rows.subarray(from, from + dimension);
    let squares = 0;
    for (let k = 0; k < dimension; k++) {
      row[k]! -= share * mean[k]!;
      squares += row[k]! ** 2;
    }
    const length = Math.sqrt(squares);
    for (let k = 0; k < dimension; k++) row[k]! /= length;
  }
  return rows;
}
