import type { Database, Statement } from 'better-sqlite3';
import { faceId } from '../face-id.ts';
import type { NewFace } from '../store.ts';
import { type FaceRow, floatsToBytes, rowChecksum, type SearchableRow } from './face-row.ts';

const joined = 'faces JOIN subjects ON subjects.number = faces.subject';
const searchable = 'faces.number, subjects.name AS subject, faces.id, content_hash, embedding, checksum';
const all = `${searchable}, file, x_min, y_min, x_max, y_max, quality, time, landmark_scheme, landmarks`;

/** The statements of the store, compiled for one connection. */
export interface FaceStatements {
  readonly find: Statement<[subject: string, contentHash: string], FaceRow>;
  readonly entriesOf: Statement<[subject: string], FaceRow>;
  readonly facesOf: Statement<[subject: string], SearchableRow>;
  readonly facesSince: Statement<[face: number], SearchableRow>;
  readonly page: Statement<[after: number, count: number], FaceRow>;
  readonly counts: Statement<[], { readonly faces: number; readonly subjects: number }>;
  readonly removalsSince: Statement<[removal: number], { readonly number: number; readonly face: number }>;
  readonly lastRemoval: Statement<[], number>;
  readonly subjects: Statement<[], { subject: string; faces: number }>;
  readonly subjectNumber: Statement<[subject: string], number>;
  readonly addSubject: Statement<[subject: string]>;
  readonly addFace: Statement<[values: Readonly<Record<string, unknown>>]>;
  readonly bury: Statement<[time: string, subject: number, all: string | null, id: string | null]>;
  readonly deleteFaces: Statement<[subject: number, all: string | null, id: string | null]>;
  readonly deleteSubjectIfEmpty: Statement<[subject: number, same: number]>;
}

export function prepareStatements(database: Database): FaceStatements {
  return {
    find: database.prepare(`SELECT ${all} FROM ${joined} WHERE subjects.name = ? AND content_hash = ?`),
    entriesOf: database.prepare(`SELECT ${all} FROM ${joined} WHERE subjects.name = ? ORDER BY faces.number`),
    facesOf: database.prepare(`SELECT ${searchable} FROM ${joined} WHERE subjects.name = ? ORDER BY faces.number`),
    facesSince: database.prepare(`SELECT ${searchable} FROM ${joined} WHERE faces.number > ? ORDER BY faces.number`),
    page: database.prepare(`SELECT ${all} FROM ${joined} WHERE faces.number > ? ORDER BY faces.number LIMIT ?`),
    counts: database.prepare(
      'SELECT (SELECT count(*) FROM faces) AS faces, (SELECT count(*) FROM subjects) AS subjects',
    ),
    removalsSince: database.prepare('SELECT number, face FROM tombstones WHERE number > ? ORDER BY number'),
    lastRemoval: database.prepare<[], number>('SELECT coalesce(max(number), 0) FROM tombstones').pluck(),
    subjects: database.prepare(
      `SELECT subjects.name AS subject, count(*) AS faces FROM ${joined} GROUP BY subjects.number ORDER BY subjects.name`,
    ),
    subjectNumber: database.prepare<[string], number>('SELECT number FROM subjects WHERE name = ?').pluck(),
    addSubject: database.prepare('INSERT INTO subjects (name) VALUES (?)'),
    addFace: database.prepare(`
      INSERT INTO faces (subject, space, id, content_hash, file, x_min, y_min, x_max, y_max, quality, time,
        landmark_scheme, landmarks, embedding, checksum)
      VALUES (@subject, 1, @id, @contentHash, @file, @xMin, @yMin, @xMax, @yMax, @quality, @time,
        @landmarkScheme, @landmarks, @embedding, @checksum)`),
    bury: database.prepare(
      'INSERT INTO tombstones (face, id, time) SELECT number, id, ? FROM faces WHERE subject = ? AND (? IS NULL OR id = ?)',
    ),
    deleteFaces: database.prepare('DELETE FROM faces WHERE subject = ? AND (? IS NULL OR id = ?)'),
    deleteSubjectIfEmpty: database.prepare(
      'DELETE FROM subjects WHERE number = ? AND NOT EXISTS (SELECT 1 FROM faces WHERE subject = ?)',
    ),
  };
}

/** Insert a face inside the caller's transaction, unless the subject has one of that photo. */
export function insertFace(
  statements: FaceStatements,
  subject: string,
  { face, time }: { readonly face: NewFace; readonly time: string },
): { readonly id: string; readonly status: 'enrolled' | 'unchanged' } {
  const known = statements.find.get(subject, face.contentHash);
  if (known) return { id: known.id, status: 'unchanged' };
  const id = faceId(subject, face.contentHash);
  const { contentHash, file, box, quality } = face;
  const embedding = floatsToBytes(face.embedding);
  statements.addFace.run({
    subject: statements.subjectNumber.get(subject) ?? statements.addSubject.run(subject).lastInsertRowid,
    id,
    contentHash,
    file,
    ...box,
    quality,
    time,
    landmarkScheme: face.landmarks.scheme,
    landmarks: floatsToBytes(face.landmarks.points),
    embedding,
    checksum: rowChecksum({ subject, id, content_hash: contentHash, embedding }),
  });
  return { id, status: 'enrolled' };
}
