import { createHash } from 'node:crypto';

/**
 * The id of a face, made of its subject and its photo's content: the same in every gallery, however often a run was interrupted.
 *
 * @returns 16 hex digits.
 */
export function faceId(subject: string, contentHash: string): string {
  return createHash('sha256').update(`${contentHash}\n${subject}`, 'utf8').digest('hex').slice(0, 16);
}
