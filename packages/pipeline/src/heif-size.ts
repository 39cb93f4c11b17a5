import type { Image } from '@kith/core';

/** The boxes that lie around `ispe`, outermost first, with the bytes before their first child. Nothing else is looked into. */
const containers = [
  { type: 'meta', skip: 4 },
  { type: 'iprp', skip: 0 },
  { type: 'ipco', skip: 0 },
] as const;

/**
 * Read the largest size that a HEIF file's header declares for any of its images, before anything is decoded.
 *
 * @returns Undefined where no `ispe` property is found.
 * @see ISO/IEC 23008-12, §6.5.3 (image spatial extents).
 */
export function heifSize(bytes: Uint8Array): Pick<Image, 'width' | 'height'> | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let largest: Pick<Image, 'width' | 'height'> | undefined;
  const walk = (from: number, to: number, depth: number): void => {
    for (let at = from; at + 8 <= to; ) {
      const { headerBytes, sizeBytes } = boxExtent(view, at, to);
      if (sizeBytes < headerBytes) return;
      const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
      const body = at + headerBytes;
      const end = Math.min(at + sizeBytes, to);
      if (depth === containers.length && type === 'ispe' && body + 12 <= end) {
        const size = { width: view.getUint32(body + 4), height: view.getUint32(body + 8) };
        if (!largest || size.width * size.height > largest.width * largest.height) largest = size;
      }
      const container = containers[depth];
      if (type === container?.type) walk(body + container.skip, end, depth + 1);
      at += sizeBytes;
    }
  };
  walk(0, bytes.length, 0);
  return largest;
}

/** Size 0 means "to the end", size 1 that 64 bits follow. */
function boxExtent(
  view: DataView,
  at: number,
  to: number,
): { readonly headerBytes: number; readonly sizeBytes: number } {
  const size = view.getUint32(at);
  if (size === 0) return { headerBytes: 8, sizeBytes: to - at };
  if (size !== 1) return { headerBytes: 8, sizeBytes: size };
  return { headerBytes: 16, sizeBytes: at + 16 <= to ? Number(view.getBigUint64(at + 8)) : 0 };
}
