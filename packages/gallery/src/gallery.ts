import { type Embedding, type EmbeddingSpace, FaceError, squaredL2 } from '@kith/core';
import type { EmbeddingGallery, NearestFace } from './embedding-gallery.ts';
import type { HybridIndex } from './hybrid-index.ts';
import type { ExportSummary, FaceEntry, FaceStore, ImportSummary, NewFace, StoreCursor } from './store.ts';
import { assertSubject, isWellFormed, quoteSubject } from './subject.ts';

/** How far an embedding's squared length may be from 1. */
const unitTolerance = 1e-3;
/** Distances nearer than this count as a tie when a search is cut off. */
const tieSquaredL2 = 1e-9;

/** {@link EmbeddingGallery} over a store and an index. */
export class IndexedGallery implements EmbeddingGallery {
  private readonly store: FaceStore;
  private readonly searchIndex: HybridIndex;
  private readonly labels = new Map<number, { readonly subject: string; readonly id: string }>();
  private cursor: StoreCursor = { face: 0, removal: 0 };
  private version = '';
  private saving: Promise<void> = Promise.resolve();

  constructor(store: FaceStore, index: HybridIndex) {
    this.store = store;
    this.searchIndex = index;
  }

  get space(): EmbeddingSpace {
    return this.store.space;
  }

  get model(): string {
    return this.store.model;
  }

  get readOnly(): boolean {
    return this.store.readOnly;
  }

  get index(): 'exact' | 'hnsw' {
    return this.searchIndex.answering;
  }

  contains(subject: string, contentHash: string): FaceEntry | undefined {
    return isWellFormed(subject) ? this.store.find(subject, contentHash) : undefined;
  }

  async enroll(subject: string, face: NewFace): Promise<{ id: string; status: 'enrolled' | 'unchanged' }> {
    assertSubject(subject);
    this.assertEmbedding(face.embedding);
    if (!/^[0-9a-f]{64}$/.test(face.contentHash) || !Number.isFinite(face.quality)) {
      throw new FaceError('USAGE', 'A face needs a SHA-256 in hex as content hash and a finite quality.');
    }
    return this.store.insert(subject, face);
  }

  async verify(subject: string, embedding: Embedding): Promise<{ distance: number; id: string; faces: number }> {
    this.assertEmbedding(embedding);
    const faces = isWellFormed(subject) ? this.store.facesOf(subject) : [];
    const nearest = faces
      .map((face) => ({ id: face.id, distance: squaredL2(embedding, face.embedding) }))
      .reduce<{ id: string; distance: number } | undefined>(
        (best, face) => (best && compareFaces(best, face) <= 0 ? best : face),
        undefined,
      );
    if (!nearest) throw subjectNotFound(subject);
    return { ...nearest, faces: faces.length };
  }

  async identify(
    embedding: Embedding,
    { top = 5 }: { readonly top?: number } = {},
  ): Promise<{ candidates: NearestFace[]; faces: number }> {
    if (!Number.isInteger(top) || top < 1) {
      throw new FaceError('USAGE', `top must be a whole number of at least 1, got ${top}.`);
    }
    this.assertEmbedding(embedding);
    this.catchUp();
    const faces = this.searchIndex.size;
    // several faces may be of one subject: search deeper until enough subjects are surely the nearest
    for (let count = 4 * top; ; count *= 4) {
      const found = await this.searchIndex.search(embedding, count);
      const candidates = this.nearestOfEach(found);
      const last = candidates[top - 1];
      const isSure = last !== undefined && last.distance + tieSquaredL2 < found.at(-1)!.distance;
      if (isSure || count >= this.searchIndex.size) return { candidates: candidates.slice(0, top), faces };
    }
  }

  async remove(subject: string, id?: string): Promise<{ removed: number }> {
    if (!isWellFormed(subject)) throw subjectNotFound(subject);
    const removed = await this.store.delete(subject, id);
    if (this.version !== '') this.catchUp();
    return { removed };
  }

  list(): readonly { subject: string; faces: number }[] {
    return this.store.subjects();
  }

  show(subject: string): readonly FaceEntry[] {
    const entries = isWellFormed(subject) ? this.store.entriesOf(subject) : [];
    if (entries.length === 0) throw subjectNotFound(subject);
    return entries;
  }

  exportTo(file: string): Promise<ExportSummary> {
    return this.store.exportTo(file);
  }

  importFrom(file: string): Promise<ImportSummary> {
    return this.store.importFrom(file);
  }

  backupTo(dir: string): Promise<void> {
    return this.store.backupTo(dir);
  }

  /** Load the index now and wait until it answers as its mode asks, rather than at the first search. */
  async warmUp(): Promise<void> {
    this.catchUp();
    this.searchIndex.startIfWorthIt();
    await this.searchIndex.settled();
    await this.saving;
  }

  /** Write the index's cache, unless faces were removed meanwhile: those must not come back in a file. */
  saveIndex(): Promise<void> {
    if (this.store.readOnly) return Promise.resolve();
    // an earlier failure was told to whoever asked for that save
    const earlier = this.saving.catch(() => undefined);
    this.saving = earlier.then(async () => {
      this.catchUp();
      const { removal } = this.cursor;
      await this.searchIndex.save();
      if (this.store.lastRemoval() !== removal) await this.searchIndex.forget();
    });
    return this.saving;
  }

  async close(): Promise<void> {
    try {
      if (this.searchIndex.isWorthSaving) await this.saveIndex();
    } finally {
      await this.searchIndex.close();
      await this.saving.catch(() => undefined);
      await this.store.close();
    }
  }

  /** Follow what any process committed since the last look. */
  private catchUp(): void {
    const version = this.store.version();
    if (version === this.version) return;
    this.cursor = this.store.replay(this.cursor, {
      added: ({ number, subject, id, embedding }) => {
        this.labels.set(number, { subject, id });
        void this.searchIndex.add(number, embedding);
      },
      removed: (number) => {
        this.labels.delete(number);
        void this.searchIndex.remove(number);
      },
    });
    this.version = version;
  }

  private nearestOfEach(found: readonly { readonly id: number; readonly distance: number }[]): NearestFace[] {
    const nearest = new Map<string, NearestFace>();
    for (const { id: number, distance } of found) {
      const label = this.labels.get(number);
      if (!label) continue;
      const face = { subject: label.subject, distance, id: label.id };
      const best = nearest.get(label.subject);
      if (!best || compareFaces(face, best) < 0) nearest.set(label.subject, face);
    }
    return [...nearest.values()].sort(
      (one, other) => one.distance - other.distance || compareText(one.subject, other.subject),
    );
  }

  private assertEmbedding(embedding: Embedding): void {
    const { dimension } = this.space;
    if (embedding.length !== dimension) {
      throw new FaceError('SPACE_MISMATCH', `This gallery holds ${dimension}-d embeddings, got ${embedding.length}-d.`);
    }
    let squares = 0;
    for (const value of embedding) squares += value * value;
    if (!(Math.abs(squares - 1) <= unitTolerance)) {
      throw new FaceError('EMBEDDING_ZERO', `An embedding has length 1, got ${Math.sqrt(squares)}.`);
    }
  }
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function compareFaces(
  one: { readonly distance: number; readonly id: string },
  other: { readonly distance: number; readonly id: string },
): number {
  return one.distance - other.distance || compareText(one.id, other.id);
}

function subjectNotFound(subject: string): FaceError {
  return new FaceError('SUBJECT_NOT_FOUND', `The gallery has no subject ${quoteSubject(subject)}.`);
}
