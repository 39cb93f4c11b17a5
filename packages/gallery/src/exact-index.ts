import type { Embedding, Neighbour, VectorIndex } from '@kith/core';

/** Vectors under whole numbers, each in a slot of one flat array. */
export interface VectorSnapshot {
  readonly numbers: Float64Array<ArrayBuffer>;
  /** Shape `[numbers.length, dimension]`, row-major. */
  readonly vectors: Float32Array<ArrayBuffer>;
}

/** Every so many components a scan looks whether a vector can still be among the nearest. */
const stride = 32;

/** Exact search: a scan over one flat array. The oracle that every other index is held against. */
export class ExactIndex implements VectorIndex {
  readonly dimension: number;
  private vectors: Float32Array<ArrayBuffer>;
  private numbers: Float64Array<ArrayBuffer>;
  private readonly slots = new Map<number, number>();

  /** @param dimension - Components of a vector. */
  constructor(dimension: number, { capacity = 64 }: { readonly capacity?: number } = {}) {
    this.dimension = dimension;
    this.vectors = new Float32Array(capacity * dimension);
    this.numbers = new Float64Array(capacity);
  }

  get size(): number {
    return this.slots.size;
  }

  has(id: number): boolean {
    return this.slots.has(id);
  }

  /** The vector of an id, a view that the next change may move. */
  vector(id: number): Float32Array | undefined {
    const slot = this.slots.get(id);
    return slot === undefined ? undefined : this.vectors.subarray(slot * this.dimension, (slot + 1) * this.dimension);
  }

  /** {@link ExactIndex.add}, at once. */
  put(id: number, embedding: Embedding): void {
    const slot = this.slots.get(id) ?? this.slots.size;
    if (slot === this.numbers.length) this.grow();
    this.vectors.set(embedding, slot * this.dimension);
    this.numbers[slot] = id;
    this.slots.set(id, slot);
  }

  /** {@link ExactIndex.remove}, at once: the last vector takes the free slot, and the slot it leaves is zeroed. */
  drop(id: number): boolean {
    const slot = this.slots.get(id);
    if (slot === undefined) return false;
    const last = this.slots.size - 1;
    const lastId = this.numbers[last]!;
    this.vectors.copyWithin(slot * this.dimension, last * this.dimension, (last + 1) * this.dimension);
    this.vectors.fill(0, last * this.dimension, (last + 1) * this.dimension);
    this.numbers[slot] = lastId;
    this.slots.set(lastId, slot);
    this.slots.delete(id);
    return true;
  }

  /**
   * The nearest vectors, nearest first, ties by id; fewer where there are fewer.
   *
   * The `count` best so far stand in a heap with the worst on top, so most vectors are given up after a part of their components.
   */
  nearest(probe: Float32Array, count: number): Neighbour[] {
    const { vectors, numbers, dimension } = this;
    const size = this.slots.size;
    const heap = new WorstFirst(Math.min(count, size));
    if (heap.limit === 0) return [];
    for (let slot = 0; slot < size; slot++) {
      const worst = heap.bound;
      let offset = slot * dimension;
      let sum = 0;
      for (let from = 0; from < dimension && sum <= worst; from += stride) {
        // two sums at once, so that one addition need not wait for the other
        const to = Math.min(from + stride, dimension);
        let even = 0;
        let odd = 0;
        let i = from;
        for (; i + 1 < to; i += 2, offset += 2) {
          const one = vectors[offset]! - probe[i]!;
          const other = vectors[offset + 1]! - probe[i + 1]!;
          even += one * one;
          odd += other * other;
        }
        if (i < to) {
          const one = vectors[offset++]! - probe[i]!;
          even += one * one;
        }
        sum += even + odd;
      }
      if (sum <= worst) heap.offer(numbers[slot]!, sum);
    }
    return heap.sorted();
  }

  /** A copy of everything, to hand to another thread. */
  snapshot(): VectorSnapshot {
    return {
      numbers: this.numbers.slice(0, this.size),
      vectors: this.vectors.slice(0, this.size * this.dimension),
    };
  }

  async add(id: number, embedding: Embedding): Promise<void> {
    this.put(id, embedding);
  }

  async remove(id: number): Promise<void> {
    this.drop(id);
  }

  async search(probe: Embedding, count: number): Promise<readonly Neighbour[]> {
    return this.nearest(probe, count);
  }

  async close(): Promise<void> {
    this.slots.clear();
    this.vectors = new Float32Array(0);
    this.numbers = new Float64Array(0);
  }

  private grow(): void {
    const capacity = Math.max(64, this.numbers.length * 2);
    const vectors = new Float32Array(capacity * this.dimension);
    vectors.set(this.vectors);
    this.vectors.fill(0);
    this.vectors = vectors;
    const numbers = new Float64Array(capacity);
    numbers.set(this.numbers);
    this.numbers = numbers;
  }
}

/** The `limit` nearest neighbours offered, as a binary heap whose root is the farthest of them. */
class WorstFirst {
  readonly limit: number;
  /** No neighbour farther than this can enter. */
  bound = Number.POSITIVE_INFINITY;
  private readonly items: Neighbour[] = [];

  constructor(limit: number) {
    this.limit = limit;
  }

  offer(id: number, distance: number): void {
    const { items, limit } = this;
    const item = { id, distance };
    if (items.length < limit) {
      items.push(item);
      for (let at = items.length - 1; at > 0; ) {
        const parent = (at - 1) >> 1;
        if (compareNeighbours(items[parent]!, item) >= 0) break;
        items[at] = items[parent]!;
        items[parent] = item;
        at = parent;
      }
    } else if (compareNeighbours(item, items[0]!) < 0) this.replaceRoot(item);
    if (items.length === limit) this.bound = items[0]!.distance;
  }

  sorted(): Neighbour[] {
    return this.items.sort(compareNeighbours);
  }

  private replaceRoot(item: Neighbour): void {
    const { items } = this;
    for (let at = 0; ; ) {
      let child = 2 * at + 1;
      if (child + 1 < items.length && compareNeighbours(items[child + 1]!, items[child]!) > 0) child++;
      if (child >= items.length || compareNeighbours(items[child]!, item) <= 0) {
        items[at] = item;
        return;
      }
      items[at] = items[child]!;
      at = child;
    }
  }
}

/** Order by distance, then by id. */
export function compareNeighbours(one: Neighbour, other: Neighbour): number {
  return one.distance - other.distance || one.id - other.id;
}
