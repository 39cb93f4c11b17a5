import { assertSameSpace, type EmbeddingSpace, FaceError, formatSpace } from '@kith/core';
import type { EmbeddingGallery } from '../embedding-gallery.ts';
import { IndexedGallery } from '../gallery.ts';
import { HybridIndex, type IndexMode } from '../hybrid-index.ts';
import type { OnNotice } from '../notice.ts';
import { HnswlibIndex } from './hnswlib-index.ts';
import { connect, createDatabase, hasGallery } from './sqlite-connection.ts';
import { galleryError } from './sqlite-errors.ts';
import { type GalleryOrigin, readOrigin } from './sqlite-schema.ts';
import { SqliteStore } from './sqlite-store.ts';

/** Faces from which `auto` answers approximately: below, an exact scan is fast enough to need no second index. */
export const approximateFrom = 50_000;

export interface OpenGalleryOptions {
  readonly space: EmbeddingSpace;
  /** Name of the model, kept when the gallery is made. Default: the space's own word for it. */
  readonly model?: string;
  /** Make the gallery where there is none. */
  readonly create?: boolean;
  readonly readOnly?: boolean;
  readonly index?: IndexMode;
  /** Faces from which `auto` answers approximately. */
  readonly crossover?: number;
  /** How long a write waits for another process's, in ms. */
  readonly lockTimeoutMs?: number;
  readonly onNotice?: OnNotice;
}

/**
 * Open the gallery in a folder. A folder that cannot be written to opens for reading. With `index: 'hnsw'` it resolves once that
 * index answers, or is known not to; with `'auto'` the index gets ready in the background when the first search asks for it.
 *
 * @throws {FaceError} `GALLERY_NOT_FOUND`, `SPACE_MISMATCH`, `GALLERY_CORRUPT`, `GALLERY_VERSION`, `GALLERY_LOCKED`, `GALLERY_READ_ONLY`, `DISK_FULL`.
 */
export async function openGalleryStore(
  dir: string,
  {
    space,
    model = space.model,
    create = true,
    readOnly = false,
    index = 'auto',
    crossover = approximateFrom,
    lockTimeoutMs = 5000,
    onNotice = () => undefined,
  }: OpenGalleryOptions,
): Promise<EmbeddingGallery> {
  if (create && !readOnly && !hasGallery(dir)) createDatabase(dir, { space, model });
  const store = new SqliteStore(dir, { readOnly, lockTimeoutMs, onNotice });
  const searchIndex = new HybridIndex(space.dimension, {
    mode: index,
    crossover,
    start: (snapshot) => new HnswlibIndex(space.dimension, { snapshot, dir }),
    onBuilt: () => void gallery.saveIndex().catch(() => undefined),
    onNotice,
  });
  const gallery = new IndexedGallery(store, searchIndex);
  try {
    assertSpace(space, store, dir);
    if (index === 'hnsw') await gallery.warmUp();
    return gallery;
  } catch (error) {
    await searchIndex.close();
    await store.close();
    throw error;
  }
}

/**
 * What the gallery in a folder was made with, or nothing where there is none.
 *
 * @throws {FaceError} `GALLERY_CORRUPT`, `GALLERY_VERSION`.
 */
export function readGalleryOrigin(dir: string): GalleryOrigin | undefined {
  if (!hasGallery(dir)) return undefined;
  const { database, file } = connect(dir, { readOnly: true, isChecked: false });
  try {
    return readOrigin(database, file);
  } catch (error) {
    throw galleryError(error, file);
  } finally {
    database.close();
  }
}

/** The embedding space of the gallery in a folder, or nothing where there is none. @throws {FaceError} as {@link readGalleryOrigin}. */
export function readGallerySpace(dir: string): EmbeddingSpace | undefined {
  return readGalleryOrigin(dir)?.space;
}

function assertSpace(asked: EmbeddingSpace, { space, model }: GalleryOrigin, dir: string): void {
  try {
    assertSameSpace(space, asked);
  } catch (error) {
    throw new FaceError(
      'SPACE_MISMATCH',
      `The gallery in ${dir} was made with the model ${JSON.stringify(model)} (${formatSpace(space)}), not with ${formatSpace(asked)}.`,
      { cause: error },
    );
  }
}
