import { type Embedding, squaredL2 } from '@kith/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { syntheticEmbedding, syntheticFace, testSpace, withFolder } from '../../../test/support/gallery-faces.ts';
import { type EmbeddingGallery, faceId, type IndexMode, openGalleryStore } from './index.ts';

// photos 0–3 and 10–13 show the same faces: equal embeddings under different content
const photo = (n: number) => syntheticFace(n, { embedding: syntheticEmbedding(n % 10) });

/** The gallery as a child would write it: photo numbers under names. */
type Model = Map<string, Set<number>>;

interface Nearest {
  readonly subject: string;
  readonly distance: number;
  readonly id: string;
}

function nearestFace(subject: string, photos: Iterable<number>, probe: Embedding): Nearest {
  const faces = [...photos].map((n) => ({
    subject,
    distance: squaredL2(probe, photo(n).embedding),
    id: faceId(subject, photo(n).contentHash),
  }));
  return faces.sort((one, other) => one.distance - other.distance || (one.id < other.id ? -1 : 1))[0]!;
}

function nearestSubjects(model: Model, probe: Embedding, top: number): Nearest[] {
  return [...model]
    .map(([subject, photos]) => nearestFace(subject, photos, probe))
    .sort((one, other) => one.distance - other.distance || (one.subject < other.subject ? -1 : 1))
    .slice(0, top);
}

const subjects = fc.constantFrom('ada', 'bob', 'ch/oe', '🦊', 'שרה');
const photos = fc.integer({ min: 0, max: 19 });
const operation = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('enroll' as const), subject: subjects, photo: photos }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), subject: subjects, photo: photos }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('removeFace' as const), subject: subjects, photo: photos }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('identify' as const), subject: subjects, photo: photos }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('verify' as const), subject: subjects, photo: photos }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const), subject: subjects, photo: photos }) },
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: { code: string }) => error.code,
  );

async function remove(gallery: EmbeddingGallery, model: Model, { kind, subject, photo: n }: Operation): Promise<void> {
  const known = model.get(subject);
  const id = kind === 'removeFace' ? faceId(subject, photo(n).contentHash) : undefined;
  const expected = !known ? 'SUBJECT_NOT_FOUND' : id && !known.has(n) ? 'FACE_ID_NOT_FOUND' : 'done';
  expect(await codeOf(gallery.remove(subject, id))).toBe(expected);
  if (id) known?.delete(n);
  if (!id || known?.size === 0) model.delete(subject);
}

async function verify(gallery: EmbeddingGallery, model: Model, { subject, photo: n }: Operation): Promise<void> {
  const known = model.get(subject);
  const probe = syntheticEmbedding(n);
  if (!known) return expect(await codeOf(gallery.verify(subject, probe))).toBe('SUBJECT_NOT_FOUND');
  const { subject: _, ...expected } = nearestFace(subject, known, probe);
  expect(await gallery.verify(subject, probe)).toEqual({ ...expected, faces: known.size });
}

async function perform(gallery: EmbeddingGallery, model: Model, step: Operation): Promise<void> {
  const { kind, subject, photo: n } = step;
  if (kind === 'enroll') {
    const known = model.get(subject) ?? new Set();
    const { id, status } = await gallery.enroll(subject, photo(n));
    expect(id).toBe(faceId(subject, photo(n).contentHash));
    expect(status).toBe(known.has(n) ? 'unchanged' : 'enrolled');
    model.set(subject, known.add(n));
  } else if (kind === 'remove' || kind === 'removeFace') await remove(gallery, model, step);
  else if (kind === 'verify') await verify(gallery, model, step);
  else if (kind === 'identify') {
    const { candidates, faces } = await gallery.identify(syntheticEmbedding(n), { top: 3 });
    expect(candidates).toEqual(nearestSubjects(model, syntheticEmbedding(n), 3));
    expect(faces).toBe([...model.values()].reduce((sum, known) => sum + known.size, 0));
  }
}

/** Two handles on one gallery, as two processes would have; each step is done by one of them. */
async function holdAgainstModel(index: IndexMode, steps: readonly (readonly [Operation, boolean])[]): Promise<void> {
  await withFolder(async (dir) => {
    const model: Model = new Map();
    const open = () => openGalleryStore(dir, { space: testSpace, index });
    const handles: EmbeddingGallery[] = [await open(), await open()];
    try {
      for (const [step, isSecond] of steps) {
        const at = isSecond ? 1 : 0;
        if (step.kind === 'reopen') {
          await handles[at]!.close();
          handles[at] = await open();
        } else await perform(handles[at]!, model, step);
        expect(handles[at]!.index).toBe(index);
      }
      for (const gallery of handles) {
        expect(new Map(gallery.list().map(({ subject, faces }) => [subject, faces]))).toEqual(
          new Map([...model].map(([subject, known]) => [subject, known.size])),
        );
      }
    } finally {
      for (const gallery of handles) await gallery.close();
    }
  });
}

test.each([
  ['exact', 40, 60],
  ['hnsw', 3, 80],
] as const)('a gallery with the %s index does what a map of names would', async (index, numRuns, maxLength) => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(operation, fc.boolean()), { minLength: 20, maxLength, size: 'max' }), (steps) =>
      holdAgainstModel(index, steps),
    ),
    { numRuns, seed: 20, endOnFailure: true },
  );
});
