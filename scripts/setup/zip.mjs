import { createReadStream, createWriteStream, mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';

/**
 * @typedef {object} ZipEntry
 * @property {string} name
 * @property {number} method 0 stored, 8 deflated.
 * @property {number} packedBytes
 * @property {number} headerOffset
 */

/**
 * Unpack those files of a zip archive (a Python wheel is one) that a place is named for. Archives under 4 GiB.
 *
 * @param {string} archive
 * @param {(name: string) => string | undefined} placeOf File to write an entry to, or nothing to leave it.
 * @returns {Promise<number>} Files written.
 */
export async function unpackZip(archive, placeOf) {
  const file = await open(archive);
  try {
    let written = 0;
    for (const entry of await readDirectory(file)) {
      const place = entry.name.endsWith('/') ? undefined : placeOf(entry.name);
      if (place === undefined) continue;
      // the local header repeats the name and has extra fields of its own length
      const header = await readAt(file, entry.headerOffset, 30);
      const start = entry.headerOffset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
      mkdirSync(dirname(place), { recursive: true });
      if (entry.packedBytes === 0) await pipeline([], createWriteStream(place));
      else {
        const packed = createReadStream(archive, { start, end: start + entry.packedBytes - 1 });
        if (entry.method === 0) await pipeline(packed, createWriteStream(place));
        else await pipeline(packed, createInflateRaw(), createWriteStream(place));
      }
      written++;
    }
    return written;
  } finally {
    await file.close();
  }
}

/**
 * @param {import('node:fs/promises').FileHandle} file
 * @returns {Promise<ZipEntry[]>}
 */
async function readDirectory(file) {
  const { size } = await file.stat();
  const tail = await readAt(file, Math.max(0, size - 65_557), Math.min(size, 65_557));
  const end = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0) throw new Error('This is no zip archive: it has no central directory.');
  const directory = await readAt(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  const entries = [];
  for (let at = 0; at < directory.length; ) {
    const nameBytes = directory.readUInt16LE(at + 28);
    entries.push({
      name: directory.toString('utf8', at + 46, at + 46 + nameBytes),
      method: directory.readUInt16LE(at + 10),
      packedBytes: directory.readUInt32LE(at + 20),
      headerOffset: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

/**
 * @param {import('node:fs/promises').FileHandle} file
 * @param {number} position
 * @param {number} length
 */
async function readAt(file, position, length) {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  if (bytesRead < length) throw new Error('The zip archive is cut short.');
  return buffer;
}
