import { type Embedding, type FaceError, l2Normalize, squaredL2 } from '@kith/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  embeddingNear,
  syntheticEmbedding,
  syntheticFace,
  testSpace,
  withFolder,
} from '../../../test/support/gallery-faces.ts';
import { type EmbeddingGallery, openGalleryStore, readGalleryOrigin, readGallerySpace } from './index.ts';

/** Run with a fresh gallery. */
function withGallery<T>(work: (gallery: EmbeddingGallery, dir: string) => Promise<T>): Promise<T> {
  return withFolder(async (dir) => {
    const gallery = await openGalleryStore(dir, { space: testSpace, model: 'test model' });
    try {
      return await work(gallery, dir);
    } finally {
      await gallery.close();
    }
  });
}

const refusal = (code: FaceError['code']) => expect.objectContaining({ name: 'FaceError', code });

test('a face comes back as it was enrolled, also after reopening', async () => {
  await withGallery(async (gallery, dir) => {
    const face = syntheticFace(1);
    const { id, status } = await gallery.enroll('ada', face);
    expect(status).toBe('enrolled');
    const { embedding: _, ...told } = face;
    const expected = { ...told, id, subject: 'ada', time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) };
    expect(gallery.show('ada')).toEqual([expected]);
    await gallery.close();
    const again = await openGalleryStore(dir, { space: testSpace });
    expect(again.show('ada')).toEqual([expected]);
    expect(again.contains('ada', face.contentHash)).toEqual(expected);
    expect(again.contains('bob', face.contentHash)).toBeUndefined();
    expect(await again.verify('ada', face.embedding)).toEqual({ distance: 0, id, faces: 1 });
    expect(again.model).toBe('test model');
    await again.close();
  });
});

test('a photo is enrolled once a subject, and may be of two subjects', async () => {
  await withGallery(async (gallery) => {
    const first = await gallery.enroll('ada', syntheticFace(1));
    expect(await gallery.enroll('ada', syntheticFace(1))).toEqual({ id: first.id, status: 'unchanged' });
    const other = await gallery.enroll('bob', syntheticFace(1));
    expect(other.status).toBe('enrolled');
    expect(other.id).not.toBe(first.id);
    expect(gallery.list()).toEqual([
      { subject: 'ada', faces: 1 },
      { subject: 'bob', faces: 1 },
    ]);
    const { candidates, faces } = await gallery.identify(syntheticEmbedding(1));
    expect(faces).toBe(2);
    expect(candidates.map(({ subject }) => subject)).toEqual(['ada', 'bob']);
  });
});

test('verify answers the nearest of all the faces of the subject, and how many there are', async () => {
  await withGallery(async (gallery) => {
    const ids = [];
    for (let n = 0; n < 7; n++) ids.push((await gallery.enroll('ada', syntheticFace(n))).id);
    await gallery.enroll('bob', syntheticFace(100));
    const probe = embeddingNear(syntheticEmbedding(4), 1);
    const { distance, id, faces } = await gallery.verify('ada', probe);
    expect({ id, faces }).toEqual({ id: ids[4], faces: 7 });
    expect(distance).toBe(squaredL2(probe, syntheticEmbedding(4)));
  });
});

test('identify finds enough subjects however many faces one of them has', async () => {
  await withGallery(async (gallery) => {
    const centre = syntheticEmbedding(0);
    for (let n = 0; n < 150; n++)
      await gallery.enroll('crowd', syntheticFace(n, { embedding: embeddingNear(centre, n) }));
    for (let n = 150; n < 153; n++) await gallery.enroll(`far ${n}`, syntheticFace(n));
    const { candidates, faces } = await gallery.identify(centre, { top: 3 });
    expect(faces).toBe(153);
    expect(candidates[0]!.subject).toBe('crowd');
    expect(new Set(candidates.map(({ subject }) => subject)).size).toBe(3);
    expect((await gallery.identify(centre, { top: 50 })).candidates).toHaveLength(4);
    await expect(gallery.identify(centre, { top: 0 })).rejects.toEqual(refusal('USAGE'));
  });
});

test('of equally near subjects the first by name are answered, in whatever order they were enrolled', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'];
  for (const order of [names, names.toReversed()]) {
    await withGallery(async (gallery) => {
      for (const name of order) await gallery.enroll(name, syntheticFace(3));
      const { candidates } = await gallery.identify(syntheticEmbedding(3), { top: 2 });
      expect(candidates.map(({ subject }) => subject)).toEqual(['a', 'b']);
    });
  }
});

test('an empty gallery answers nobody', async () => {
  await withGallery(async (gallery) => {
    expect(await gallery.identify(syntheticEmbedding(1))).toEqual({ candidates: [], faces: 0 });
    expect(gallery.list()).toEqual([]);
  });
});

test('names are kept exactly, whatever they hold', async () => {
  const awkward = [
    '../../etc/passwd',
    '/',
    '.',
    'a\nb',
    'שלום עולם',
    '👩‍👩‍👧‍👦',
    'é',
    'e\u0301',
    ' ',
    'null\0byte',
    "'; DROP TABLE faces; --",
    '\ufffd',
    '𝕏'.repeat(1024),
  ];
  await withGallery(async (gallery) => {
    for (const name of awkward) expect((await gallery.enroll(name, syntheticFace(1))).status).toBe('enrolled');
    expect(new Set(gallery.list().map(({ subject }) => subject))).toEqual(new Set(awkward));
    for (const name of awkward) expect(gallery.show(name)[0]!.subject).toBe(name);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1, maxLength: 100 }), async (name) => {
        await gallery.enroll(name, syntheticFace(2));
        expect(gallery.list().some(({ subject }) => subject === name)).toBe(true);
        expect(gallery.show(name)[0]!.subject).toBe(name);
      }),
      { numRuns: 60 },
    );
  });
});

test('names that cannot be stored are refused, and half a character is never mistaken for another', async () => {
  await withGallery(async (gallery) => {
    for (const name of ['', 'x'.repeat(1025), '𝕏'.repeat(1025), 'a\ud800', '\udc00b']) {
      await expect(gallery.enroll(name, syntheticFace(1))).rejects.toEqual(refusal('SUBJECT_INVALID'));
    }
    await gallery.enroll('a\ufffd', syntheticFace(1));
    await expect(gallery.verify('a\ud800', syntheticEmbedding(1))).rejects.toEqual(refusal('SUBJECT_NOT_FOUND'));
    await expect(gallery.remove('a\ud800')).rejects.toEqual(refusal('SUBJECT_NOT_FOUND'));
    expect(() => gallery.show('a\ud800')).toThrow(refusal('SUBJECT_NOT_FOUND'));
    expect(gallery.contains('a\ud800', syntheticFace(1).contentHash)).toBeUndefined();
  });
});

test('what is no embedding of this gallery is refused', async () => {
  await withGallery(async (gallery) => {
    await gallery.enroll('ada', syntheticFace(1));
    const short = syntheticEmbedding(1, { dimension: 64 });
    await expect(gallery.identify(short)).rejects.toEqual(refusal('SPACE_MISMATCH'));
    await expect(gallery.verify('ada', short)).rejects.toEqual(refusal('SPACE_MISMATCH'));
    for (const values of [
      new Float32Array(128),
      new Float32Array(128).fill(Number.NaN),
      new Float32Array(128).fill(1),
    ]) {
      await expect(gallery.identify(values as Embedding)).rejects.toEqual(refusal('EMBEDDING_ZERO'));
      const face = { ...syntheticFace(2), embedding: values as Embedding };
      await expect(gallery.enroll('ada', face)).rejects.toEqual(refusal('EMBEDDING_ZERO'));
    }
    const unhashed = { ...syntheticFace(2), contentHash: 'photo.jpg' };
    await expect(gallery.enroll('ada', unhashed)).rejects.toEqual(refusal('USAGE'));
    expect(gallery.list()).toEqual([{ subject: 'ada', faces: 1 }]);
  });
});

test('removing takes one face or all, then says that nothing is there', async () => {
  await withGallery(async (gallery) => {
    const ids = [];
    for (let n = 0; n < 3; n++) ids.push((await gallery.enroll('ada', syntheticFace(n))).id);
    await gallery.enroll('bob', syntheticFace(9));
    await gallery.identify(syntheticEmbedding(0));
    await expect(gallery.remove('ada', 'no such id')).rejects.toEqual(refusal('FACE_ID_NOT_FOUND'));
    await expect(gallery.remove('eve')).rejects.toEqual(refusal('SUBJECT_NOT_FOUND'));
    expect(await gallery.remove('ada', ids[1])).toEqual({ removed: 1 });
    expect(gallery.show('ada').map(({ id }) => id)).toEqual([ids[0], ids[2]]);
    expect(await gallery.remove('ada')).toEqual({ removed: 2 });
    expect(() => gallery.show('ada')).toThrow(refusal('SUBJECT_NOT_FOUND'));
    await expect(gallery.verify('ada', syntheticEmbedding(0))).rejects.toEqual(refusal('SUBJECT_NOT_FOUND'));
    expect((await gallery.identify(syntheticEmbedding(0))).candidates.map(({ subject }) => subject)).toEqual(['bob']);
    expect((await gallery.enroll('ada', syntheticFace(0))).id).toBe(ids[0]);
  });
});

test('a gallery opens for its own space only, and tells which that is', async () => {
  await withGallery(async (_, dir) => {
    expect(readGallerySpace(dir)).toEqual(testSpace);
    expect(readGalleryOrigin(dir)).toEqual({ space: testSpace, model: 'test model' });
    for (const other of [{ model: 'x' }, { preprocessing: 'x' }, { dimension: 64 }]) {
      const opening = openGalleryStore(dir, { space: { ...testSpace, ...other } });
      await expect(opening).rejects.toEqual(refusal('SPACE_MISMATCH'));
      await expect(opening).rejects.toThrow('test model');
    }
  });
});

test('a folder without a gallery is said to be one', async () => {
  await withFolder(async (dir) => {
    expect(readGallerySpace(dir)).toBeUndefined();
    for (const options of [{ create: false }, { readOnly: true }]) {
      const opening = openGalleryStore(`${dir}/none`, { space: testSpace, ...options });
      await expect(opening).rejects.toEqual(refusal('GALLERY_NOT_FOUND'));
    }
    expect(readGallerySpace(`${dir}/none`)).toBeUndefined();
    const gallery = await openGalleryStore(`${dir}/deep/er`, { space: testSpace });
    await gallery.close();
    const beneathFile = openGalleryStore(`${dir}/deep/er/gallery.db/under`, { space: testSpace });
    await expect(beneathFile).rejects.toEqual(refusal('GALLERY_NOT_FOUND'));
    const atFile = openGalleryStore(`${dir}/deep/er/gallery.db`, { space: testSpace });
    await expect(atFile).rejects.toEqual(refusal('GALLERY_NOT_FOUND'));
  });
});

test('an embedding survives storage bit by bit', async () => {
  await withGallery(async (gallery) => {
    await fc.assert(
      fc.asyncProperty(
        fc.float32Array({ minLength: 128, maxLength: 128, noNaN: true, noDefaultInfinity: true, min: -4, max: 4 }),
        async (values) => {
          fc.pre(values.some((value) => Math.abs(value) > 1e-3));
          const embedding = l2Normalize(values);
          const face = syntheticFace(
            values.reduce((sum, value, i) => sum + value * i, 0),
            { embedding },
          );
          await gallery.enroll('ada', face);
          expect((await gallery.verify('ada', embedding)).distance).toBe(0);
        },
      ),
      { numRuns: 40 },
    );
  });
});
