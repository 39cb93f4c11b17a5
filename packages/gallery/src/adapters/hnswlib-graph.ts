import { createRequire } from 'node:module';
import { createRandom, gaussian, l2Normalize } from '@kith/core';
import type { HierarchicalNSW } from 'hnswlib-node';
import type { VectorSnapshot } from '../exact-index.ts';
import { readIndexCache, writeIndexCache } from './index-cache.ts';

/** How wide a graph is and how widely it is searched; chosen by `test/bench/gallery-index.mjs`. @see Malkov and Yashunin, TPAMI 2020, §4. */
export interface GraphOptions {
  /** Links of a vector in each layer. */
  readonly links?: number;
  /** Candidates kept while inserting. */
  readonly breadthInserting?: number;
  /** Candidates kept while searching. */
  readonly breadthSearching?: number;
}

export interface GraphControl {
  /** Called before each step of long work; throws to stop it. */
  readonly assertWanted?: () => void;
}

/** Room for vectors to begin with; a graph read from an empty file has none at all. */
const minCapacity = 64;

/** Vectors of a cache that are looked up to see that it answers. */
const selfQueries = 8;

/** A navigable small-world graph of vectors, over hnswlib-node. Every call blocks its thread. */
export class HnswlibGraph {
  private readonly native: typeof import('hnswlib-node');
  private readonly dimension: number;
  private readonly options: Required<GraphOptions & GraphControl>;
  private graph: HierarchicalNSW;
  private hiddenLabels = new Set<number>();

  /** @throws {Error} when hnswlib-node cannot be loaded. */
  constructor(
    dimension: number,
    {
      links = 16,
      breadthInserting = 200,
      breadthSearching = 128,
      assertWanted = () => undefined,
    }: GraphOptions & GraphControl = {},
  ) {
    this.native = createRequire(import.meta.url)('hnswlib-node');
    this.dimension = dimension;
    this.options = { links, breadthInserting, breadthSearching, assertWanted };
    this.graph = this.empty(minCapacity);
  }

  get hidden(): number {
    return this.hiddenLabels.size;
  }

  add(label: number, vector: Float32Array): void {
    this.options.assertWanted();
    if (this.graph.getCurrentCount() === this.graph.getMaxElements()) {
      this.graph.resizeIndex(Math.max(minCapacity, this.graph.getMaxElements() * 2));
    }
    this.graph.addPoint(Array.from(vector), label);
    this.hiddenLabels.delete(label);
  }

  /** Overwrite a vector with one of nobody, then hide it: hnswlib cannot free it, but no trace of it may stay. */
  remove(label: number): void {
    if (this.hiddenLabels.has(label)) return;
    this.graph.addPoint(this.vectorOfNobody(label), label);
    this.graph.markDelete(label);
    this.hiddenLabels.add(label);
  }

  search(probe: Float32Array, count: number): { readonly labels: number[]; readonly distances: number[] } {
    const limit = Math.min(count, this.graph.getCurrentCount() - this.hidden);
    if (limit <= 0) return { labels: [], distances: [] };
    const { neighbors, distances } = this.graph.searchKnn(Array.from(probe), limit);
    return { labels: neighbors, distances };
  }

  /** Start over with these vectors. */
  build({ numbers, vectors }: VectorSnapshot): void {
    this.hiddenLabels.clear();
    this.graph = this.empty(Math.max(minCapacity, numbers.length));
    numbers.forEach((label, row) => {
      this.add(label, vectors.subarray(row * this.dimension, (row + 1) * this.dimension));
    });
  }

  /**
   * Take the cached graph, and add what it lacks.
   *
   * @throws {Error} with the reason when the cache is missing, damaged, or holds anything that the truth does not.
   */
  load(dir: string, { numbers, vectors }: VectorSnapshot): void {
    const { path, manifest } = readIndexCache(dir, this.dimension);
    const graph = this.read(path);
    const labels = graph.getIdsList();
    if (labels.length !== manifest.count || graph.getCurrentCount() !== manifest.count) {
      throw new Error(`the cached index has ${labels.length} vectors, its manifest says ${manifest.count}`);
    }
    const rows = new Map(Array.from(numbers, (label, row) => [label, row]));
    const row = (at: number) => vectors.subarray(at * this.dimension, (at + 1) * this.dimension);
    const hidden = new Set(manifest.hidden);
    for (const label of labels) {
      this.options.assertWanted();
      const at = rows.get(label);
      const isRight =
        at === undefined ? hidden.has(label) : !hidden.has(label) && isEqual(graph.getPoint(label), row(at));
      if (!isRight) throw new Error('the cached index holds faces that the gallery does not');
      rows.delete(label);
    }
    this.graph = graph;
    this.hiddenLabels = hidden;
    this.assertAnswers(graph);
    for (const [label, at] of rows) this.add(label, row(at));
  }

  /** Write the graph to the cache. @throws {Error} when it does not read back as it is. */
  save(dir: string): void {
    const count = this.graph.getCurrentCount();
    writeIndexCache(dir, {
      dimension: this.dimension,
      count,
      hidden: [...this.hiddenLabels],
      write: (path) => this.graph.writeIndexSync(path),
      check: (path) => {
        const copy = this.read(path);
        if (copy.getCurrentCount() !== count) throw new Error('the index does not read back: its disk may be full');
        this.assertAnswers(copy);
      },
    });
  }

  /** A direction drawn from the label: near to no face, while zeros would be nearer to every face than faces are to each other. */
  private vectorOfNobody(label: number): number[] {
    const random = createRandom(label);
    return Array.from(l2Normalize(Array.from({ length: this.dimension }, () => gaussian(random))));
  }

  private empty(capacity: number): HierarchicalNSW {
    const graph = new this.native.HierarchicalNSW('l2', this.dimension);
    graph.initIndex(capacity, this.options.links, this.options.breadthInserting);
    graph.setEf(this.options.breadthSearching);
    return graph;
  }

  private read(path: string): HierarchicalNSW {
    const graph = new this.native.HierarchicalNSW('l2', this.dimension);
    graph.readIndexSync(path);
    graph.setEf(this.options.breadthSearching);
    return graph;
  }

  /** Vectors of a graph, spread over it, must find themselves, and they must be the vectors of ours. */
  private assertAnswers(graph: HierarchicalNSW): void {
    const labels = graph.getIdsList().filter((label) => !this.hiddenLabels.has(label));
    for (let i = 0; i < Math.min(selfQueries, labels.length); i++) {
      const label = labels[Math.floor((i * labels.length) / selfQueries)] ?? labels[i]!;
      const point = graph.getPoint(label);
      const found = graph.searchKnn(point, 1);
      if (!isEqual(point, Float32Array.from(this.graph.getPoint(label))) || !(found.distances[0]! <= 1e-6)) {
        throw new Error('the index does not find its own vectors');
      }
    }
  }
}

function isEqual(point: readonly number[], vector: Float32Array): boolean {
  return point.length === vector.length && point.every((value, i) => value === vector[i]);
}
