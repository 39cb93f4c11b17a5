import { type Embedding, type Neighbour, squaredL2, type VectorIndex } from '@kith/core';
import { compareNeighbours, ExactIndex, type VectorSnapshot } from './exact-index.ts';
import type { OnNotice } from './notice.ts';

/** Port: an approximate index that gets ready in the background, from its own cache or from a snapshot of the truth. */
export interface ApproximateIndex extends VectorIndex {
  /** Settles once searches can be answered: whether it had to be built, and why. Rejects where it cannot be used at all. */
  readonly opened: Promise<{ readonly built: boolean; readonly reason: string }>;
  /** Vectors that are removed, hidden from answers, and still take room. */
  readonly hidden: number;
  /** Changes since the cache was written. */
  readonly unsaved: number;
  /** Write the cache. Rejects where it cannot be written. */
  save(): Promise<void>;
  /** Delete the cache. */
  forget(): Promise<void>;
}

/** `auto`: exact while small, approximate once large; else what it says. */
export type IndexMode = 'auto' | 'exact' | 'hnsw';

export interface HybridIndexOptions {
  readonly mode: IndexMode;
  /** Vectors from which `auto` answers approximately. */
  readonly crossover: number;
  readonly start: (snapshot: VectorSnapshot) => ApproximateIndex;
  /** Called when an approximate index had to be built and would be worth saving. */
  readonly onBuilt: () => void;
  readonly onNotice: OnNotice;
}

/** Deeper than this, an exact scan beats the approximate index. */
const maxApproximateDepth = 512;
/** Share of hidden vectors from which the approximate index is built anew. */
const maxHiddenShare = 0.25;
/** Changes, as a share of all vectors, from which the cache is worth writing again. */
const maxUnsavedShare = 0.01;

/** Exact search over all vectors, with an approximate index beside it that takes over once it is ready; distances are always exact. */
export class HybridIndex implements VectorIndex {
  readonly exact: ExactIndex;
  private readonly options: HybridIndexOptions;
  private approximate: ApproximateIndex | undefined;
  private isReady = false;
  private isUnavailable = false;

  constructor(dimension: number, options: HybridIndexOptions) {
    this.exact = new ExactIndex(dimension);
    this.options = options;
  }

  get size(): number {
    return this.exact.size;
  }

  /** Which index answers at this moment. */
  get answering(): 'exact' | 'hnsw' {
    return this.isReady ? 'hnsw' : 'exact';
  }

  async add(id: number, embedding: Embedding): Promise<void> {
    this.exact.put(id, embedding);
    const { approximate } = this;
    if (approximate) await approximate.add(id, embedding).catch((error: unknown) => this.giveUp(approximate, error));
  }

  async remove(id: number): Promise<void> {
    if (!this.exact.drop(id)) return;
    const { approximate } = this;
    if (!approximate) return;
    await approximate.remove(id).catch((error: unknown) => this.giveUp(approximate, error));
    if (this.isReady && approximate.hidden > 100 && approximate.hidden > maxHiddenShare * this.size) {
      await this.stop();
      this.startIfWorthIt();
    }
  }

  async search(probe: Embedding, count: number): Promise<readonly Neighbour[]> {
    this.startIfWorthIt();
    const { approximate } = this;
    if (approximate && this.isReady && count <= maxApproximateDepth) {
      try {
        const found = this.rerank(probe, await approximate.search(probe, count));
        if (found.length >= Math.min(count, this.size)) return found;
      } catch (error) {
        await this.giveUp(approximate, error);
      }
    }
    return this.rerank(probe, this.exact.nearest(probe, count));
  }

  /** Begin to open the approximate index where the mode and the size ask for it; searches stay exact until it is ready. */
  startIfWorthIt(): void {
    const { mode, crossover } = this.options;
    if (this.approximate || this.isUnavailable || mode === 'exact') return;
    if (mode === 'hnsw' || this.size >= crossover) this.start();
  }

  /** Wait until the approximate index, if one is being opened, answers or is known to be unusable. */
  async settled(): Promise<void> {
    await this.approximate?.opened.catch(() => undefined);
  }

  /** Whether the cache on disk is far enough behind to be written. */
  get isWorthSaving(): boolean {
    const { approximate } = this;
    return approximate !== undefined && this.isReady && approximate.unsaved > maxUnsavedShare * this.size;
  }

  async save(): Promise<void> {
    try {
      await this.approximate?.save();
    } catch (error) {
      this.options.onNotice({ code: 'INDEX_NOT_SAVED', message: `The index was not saved: ${messageOf(error)}` });
    }
  }

  async forget(): Promise<void> {
    await this.approximate?.forget();
  }

  async close(): Promise<void> {
    // nothing starts another one, whatever is still going on
    this.isUnavailable = true;
    await this.stop();
    await this.exact.close();
  }

  private start(): void {
    const approximate = this.options.start(this.exact.snapshot());
    this.approximate = approximate;
    approximate.opened.then(
      ({ built, reason }) => {
        if (this.approximate !== approximate) return;
        this.isReady = true;
        if (!built) return;
        this.options.onNotice({ code: 'INDEX_REBUILT', message: `The index was built from the gallery: ${reason}.` });
        this.options.onBuilt();
      },
      (error: unknown) => this.giveUp(approximate, error),
    );
  }

  private async stop(): Promise<void> {
    const { approximate } = this;
    this.approximate = undefined;
    this.isReady = false;
    await approximate?.close();
  }

  private async giveUp(approximate: ApproximateIndex, error: unknown): Promise<void> {
    if (this.approximate !== approximate) return;
    this.isUnavailable = true;
    await this.stop();
    this.options.onNotice({ code: 'INDEX_UNAVAILABLE', message: `Searches are exact: ${messageOf(error)}` });
  }

  private rerank(probe: Embedding, found: readonly Neighbour[]): Neighbour[] {
    const ranked: Neighbour[] = [];
    for (const { id } of found) {
      const vector = this.exact.vector(id);
      if (vector) ranked.push({ id, distance: squaredL2(probe, vector) });
    }
    return ranked.sort(compareNeighbours);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
