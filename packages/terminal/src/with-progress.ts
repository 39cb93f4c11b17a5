import { createProgress, type Progress } from './progress.ts';

/** Do work of `total` steps with a bar that is taken off the screen however the work ends. */
export async function withProgress<T>(
  total: number,
  options: Parameters<typeof createProgress>[1],
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  const progress = createProgress(total, options);
  try {
    return await work(progress);
  } finally {
    progress.end();
  }
}
