import { basename } from 'node:path';
import type { FaceError } from '@kith/core';
import { type Enrollment, type Gallery, readPhoto } from '@kith/pipeline';
import { isAboutPhoto } from './exit-codes.ts';

/** One photo to enroll. */
export interface EnrollJob {
  readonly subject: string;
  readonly path: string;
  /** What it is called in answers. */
  readonly file: string;
}

/** What became of one photo. */
export type Verdict = EnrollJob & (Enrollment | { readonly status: 'refused'; readonly error: FaceError });

/**
 * Enroll photos one by one; a photo that fails never stops the rest, a gallery that fails does.
 *
 * Each verdict is given once its photo is durably enrolled. After an abort the photo at hand is finished and no further begun.
 */
export async function* enrollPhotos(
  gallery: Gallery,
  jobs: readonly EnrollJob[],
  { largest, signal }: { readonly largest: boolean; readonly signal: AbortSignal },
): AsyncGenerator<Verdict> {
  for (const job of jobs) {
    if (signal.aborted) return;
    try {
      const photo = await readPhoto(job.path);
      yield { ...job, ...(await gallery.enroll(job.subject, photo, { file: basename(job.path), largest })) };
    } catch (error) {
      if (!isAboutPhoto(error)) throw error;
      yield { ...job, status: 'refused', error };
    }
    // lets a waiting signal in, also between photos that cost nothing
    await new Promise((resolve) => setImmediate(resolve));
  }
}
