import { FaceError } from '@kith/core';

/** Longest subject name, in code points. */
export const maxSubjectLength = 1024;

/** Whether a string is whole Unicode: no half of a surrogate pair. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/**
 * Refuse what cannot be a subject's name. Every other string is kept exactly, code point by code point.
 *
 * @throws {FaceError} `SUBJECT_INVALID` when it is empty, longer than 1024 code points, or not whole Unicode.
 */
export function assertSubject(subject: string): void {
  if (subject.length === 0) throw new FaceError('SUBJECT_INVALID', 'A subject needs a name, got an empty one.');
  if (!isWellFormed(subject)) {
    throw new FaceError('SUBJECT_INVALID', `A subject's name must be whole Unicode, got ${quoteSubject(subject)}.`);
  }
  const length = [...subject].length;
  if (length > maxSubjectLength) {
    throw new FaceError(
      'SUBJECT_INVALID',
      `A subject's name has at most ${maxSubjectLength} characters, got ${length}: ${quoteSubject(subject)}.`,
    );
  }
}

/** A subject's name as one short printable line, for messages. */
export function quoteSubject(subject: string): string {
  const points = [...subject];
  return JSON.stringify(points.length > 60 ? `${points.slice(0, 60).join('')}…` : subject);
}
