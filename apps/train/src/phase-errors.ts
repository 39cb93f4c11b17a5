import { join } from 'node:path';
import { FaceError } from '@kith/core';
import type { RunFolder } from '@kith/training/run';
import type { TrainingResult } from '@kith/training/tfjs';
import type { Phase } from './recipes/recipe.ts';

export interface DivergedPhase {
  readonly phase: Phase;
  readonly folder: Pick<RunFolder<unknown>, 'dir' | 'record' | 'snapshots'>;
  /** How far it had come. */
  readonly reached: { readonly iteration: number };
}

/** Of an error that ends a phase by divergence, log it, and say what is kept; any other comes as it is. */
export async function divergenceError({ phase, folder, reached }: DivergedPhase, cause: unknown): Promise<unknown> {
  if (!(cause instanceof FaceError) || cause.code !== 'TRAINING_DIVERGED') return cause;
  const { iteration } = reached;
  const newest = await folder.snapshots.newest();
  const kept = newest
    ? `The snapshot of update ${newest.iteration} is kept in ${join(folder.dir, 'snapshots')}.`
    : 'No snapshot had been made; what it started from is as it was.';
  const remedy = 'The rate is base_lr in the file of --solver; a lower one needs another --out.';
  const told = { finding: 'diverged', severity: 'error', detail: cause.message, remedy } as const;
  folder.record({ kind: 'health', iteration, ...told });
  const message = `${phase.name} diverged after ${iteration} updates. ${cause.message} ${kept} ${remedy}`;
  return new FaceError('TRAINING_DIVERGED', message, { cause });
}

/** A phase that was stopped for having collapsed. */
export function collapseError(
  { phase, dir }: { readonly phase: Phase; readonly dir: string },
  { iteration, reason }: Pick<TrainingResult, 'iteration' | 'reason'>,
): FaceError {
  return new FaceError(
    'TRAINING_COLLAPSED',
    `${phase.name} stopped at update ${iteration}, ${reason} The best weights so far are kept in ${dir}.`,
  );
}
