import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Pack } from '@kith/training/data';
import { makeViews } from './data/make-views.ts';
import type { PreparedData } from './data/prepare-data.ts';
import { teach } from './data/teach.ts';
import type { Phase, Recipe } from './recipes/recipe.ts';
import { openTeacher } from './teachers.ts';

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
 */
export async function phaseData(
  phase: Phase,
  recipe: Recipe,
  { data, cache, signal }: { readonly data: PreparedData; readonly cache: string; readonly signal: AbortSignal },
): Promise<PhaseData> {
  if (phase.learnsFrom === 'faces') {
    return { pack: data.faces, targets: undefined, teachers: [], hash: hashOf(data.faces.sha256, data.judging.sha256) };
  }
  const views = recipe.views!;
  const name = hashOf(JSON.stringify([views, recipe.seed, data.faces.sha256])).slice(0, 12);
  const pack = await makeViews(join(cache, `views-${name}`), data.faces, {
    ...views,
    ...{ landmarks: data.landmarks, seed: recipe.seed, signal },
  });
  const taught: { readonly dimension: number; readonly answers: Float32Array }[] = [];
  for (const { name: teacherName, withoutMean } of recipe.teachers) {
    const teacher = await openTeacher(teacherName, data);
    try {
      const answers = await teach(join(cache, `views-${name}-${teacherName}.f32`), { pack, teacher, signal });
      taught.push({ dimension: teacher.dimension, answers: takeOffMean(answers, teacher.dimension, withoutMean) });
    } finally {
      await teacher.close();
    }
  }
  const targets = sideBySide(taught, pack.count);
  const hash = hashOf(pack.sha256, data.judging.sha256, new Uint8Array(targets.buffer));
  return { pack, targets, teachers: taught.map(({ dimension }) => ({ dimension })), hash };
}

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
