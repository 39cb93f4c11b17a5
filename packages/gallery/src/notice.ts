/** What a gallery does on its own and somebody may want to know of. */
export const noticeCodes = {
  INDEX_REBUILT: 'The search index on disk was missing, stale or damaged and is built again from the truth.',
  INDEX_UNAVAILABLE: 'The approximate index cannot be used; searches are exact.',
  INDEX_NOT_SAVED: 'The search index could not be written; the next process builds it again.',
  LOCK_AWAITED: 'Another process writes to the gallery; what was asked waits for it.',
  REMNANTS_PENDING:
    'Removed data still stands in the write-ahead log, which another process holds; it goes with the next removal or when the gallery is closed.',
} as const;

export interface GalleryNotice {
  readonly code: keyof typeof noticeCodes;
  readonly message: string;
}

export type OnNotice = (notice: GalleryNotice) => void;
