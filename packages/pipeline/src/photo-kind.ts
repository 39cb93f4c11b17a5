/** Kinds of photo that are told apart by their first bytes; `svg` and `unknown` are refused. */
export type PhotoKind = 'jpeg' | 'png' | 'gif' | 'webp' | 'tiff' | 'avif' | 'heic' | 'svg' | 'gzip' | 'unknown';

const heicBrands = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs'];
const avifBrands = ['avif', 'avis'];
const neutralBrands = ['mif1', 'mif2', 'msf1', 'miaf'];

/** How far into a text the `<svg` tag is looked for, in bytes: comments and a doctype may stand before it. */
const svgHeadBytes = 4096;

/** Tell the kind of a photo from its bytes; no name or extension has a say. */
export function photoKind(bytes: Uint8Array): PhotoKind {
  const starts = (...signature: number[]) => signature.every((value, i) => bytes[i] === value);
  if (starts(0xff, 0xd8, 0xff)) return 'jpeg';
  if (starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'png';
  if (/^GIF8[79]a/.test(ascii(bytes, 0, 6))) return 'gif';
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP') return 'webp';
  // classic and big TIFF, in both byte orders
  if (starts(0x49, 0x49, 0x2a, 0) || starts(0x4d, 0x4d, 0, 0x2a)) return 'tiff';
  if (starts(0x49, 0x49, 0x2b, 0) || starts(0x4d, 0x4d, 0, 0x2b)) return 'tiff';
  if (ascii(bytes, 4, 8) === 'ftyp') return heifKind(bytes);
  if (starts(0x1f, 0x8b)) return 'gzip';
  return isSvg(bytes) ? 'svg' : 'unknown';
}

/** Whether a text, in UTF-8 or UTF-16, is an SVG. */
export function isSvg(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, svgHeadBytes);
  const encoding = head[0] === 0xff && head[1] === 0xfe ? 'utf-16le' : head[0] === 0xfe ? 'utf-16be' : 'utf-8';
  const text = new TextDecoder(encoding).decode(head).trimStart();
  return text.startsWith('<') && /<(\w+:)?svg[\s>/]/i.test(text);
}

/** AVIF and HEIC share one container; their brands tell which codec is inside. */
function heifKind(bytes: Uint8Array): PhotoKind {
  const end = Math.min(bytes.length, new DataView(bytes.buffer, bytes.byteOffset).getUint32(0), 256);
  const brands = [ascii(bytes, 8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(ascii(bytes, at, at + 4));
  if (brands.some((brand) => heicBrands.includes(brand))) return 'heic';
  if (brands.some((brand) => avifBrands.includes(brand))) return 'avif';
  return brands.some((brand) => neutralBrands.includes(brand)) ? 'heic' : 'unknown';
}

function ascii(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}
