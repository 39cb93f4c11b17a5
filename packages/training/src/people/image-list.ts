import { FaceError } from '@kith/core';
import { lfwImagePath } from '@kith/evaluation';

/** An image that a list names. */
export interface ListedImage {
  /** Relative to the images' folder. */
  readonly path: string;
  readonly person: string;
  /** Line of the list, counted from 1. */
  readonly line: number;
}

/** What an image file's name ends with. */
export const imageName = /\.(jpe?g|png|webp|avif|gif|tiff?)$/i;

interface Lines {
  readonly lines: readonly string[];
  readonly file: string;
}

/**
 * Read a list of images, in its order: a line `path <tab> person` for each, or a space where neither has one. Or one of LFW's lists of
 * people, whose first line is a number: that of the lines `name <tab> images` after it, or of folds, each with such a number of its own.
 * Nothing is skipped or guessed.
 *
 * @param text - The whole file.
 * @param file - Its name, for messages.
 * @throws {FaceError} `PAIRS_MALFORMED` with `file:line` for a line that does not fit, a wrong count, an image or a person named twice,
 * and a path that leads out of the images' folder.
 * @see Huang et al., Labeled Faces in the Wild, UMass TR 07-49, 2007, for its lists.
 */
export function parseImageList(
  text: string,
  { file = 'images' }: { readonly file?: string } = {},
): readonly ListedImage[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  while (lines.at(-1)?.trim() === '') lines.pop();
  const isOfPeople = lines.length > 0 && wholeNumber(lines[0]!.trim()) !== undefined;
  return isOfPeople ? imagesOfPeople({ lines, file }) : imagesByPath({ lines, file });
}

function imagesByPath({ lines, file }: Lines): readonly ListedImage[] {
  const before = new Map<string, number>();
  return lines.map((text, index) => {
    const line = index + 1;
    const fields = text.split(text.includes('\t') ? '\t' : /[ ]+/).map((field) => field.trim());
    const [path = '', person = ''] = fields;
    if (fields.length !== 2 || person === '' || !imageName.test(path)) {
      const spaces = text.includes('\t') ? '' : '; where a path or a name has a space, put a tab between them';
      malformed(file, line, `expected "path <tab> person" with the path of an image, got "${text}"${spaces}`);
    }
    const parts = path.split(/[/\\]/);
    if (parts[0] === '' || /^[a-z]:/i.test(path) || parts.includes('..')) {
      malformed(file, line, `"${path}" leads out of the images' folder`);
    }
    if (before.has(path)) malformed(file, line, `the image of line ${before.get(path)} again`);
    before.set(path, line);
    return { path, person, line };
  });
}

function imagesOfPeople({ lines, file }: Lines): readonly ListedImage[] {
  const header = wholeNumber(lines[0]!.trim())!;
  const hasFolds = lines.length > 1 && wholeNumber(lines[1]!.trim()) !== undefined;
  const before = new Map<string, number>();
  const images: ListedImage[] = [];
  let at = hasFolds ? 1 : 0;
  for (let fold = 0; fold < (hasFolds ? header : 1); fold++) {
    const count = wholeNumber(lines[at]?.trim() ?? '');
    if (count === undefined) malformed(file, at + 1, `expected how many people fold ${fold + 1} of ${header} has`);
    const people = lines.slice(at + 1, at + 1 + count);
    if (people.length < count) malformed(file, at + 1, `${count} people are promised, got ${people.length}`);
    people.forEach((text, index) => {
      const line = at + 2 + index;
      const { name, count: photos } = personOf(text, { file, line });
      if (before.has(name)) malformed(file, line, `the person of line ${before.get(name)} again`);
      before.set(name, line);
      for (let number = 1; number <= photos; number++) {
        images.push({ path: lfwImagePath({ name, number }), person: name, line });
      }
    });
    at += 1 + count;
  }
  if (at < lines.length) malformed(file, at + 1, 'there are more lines than the numbers above promise');
  return images;
}

/** More photos than anybody has in any list. */
const mostPhotos = 10_000;

function personOf(text: string, { file, line }: { readonly file: string; readonly line: number }) {
  const fields = text.split(/[\t ]+/).filter((field) => field !== '');
  const count = wholeNumber(fields[1] ?? '');
  if (fields.length !== 2 || count === undefined || count > mostPhotos) {
    malformed(file, line, `expected "name <tab> images", got "${text}"`);
  }
  const name = fields[0]!;
  // names become paths
  if (/[/\\\0]/.test(name) || name.startsWith('.')) malformed(file, line, `"${name}" cannot be a person's folder`);
  return { name, count };
}

function wholeNumber(text: string): number | undefined {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

function malformed(file: string, line: number, what: string): never {
  throw new FaceError('PAIRS_MALFORMED', `${file}:${line}: ${what}.`);
}
