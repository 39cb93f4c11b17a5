import { FaceError } from '@kith/core';

/** One photo of a data set in LFW's order: person and number, counted from 1. */
export interface PairedImage {
  readonly name: string;
  readonly number: number;
}

/** One line of a pair list. */
export interface Pair {
  readonly one: PairedImage;
  readonly other: PairedImage;
  /** Whether both show one person: genuine, else impostor. */
  readonly same: boolean;
  /** Counted from 0. */
  readonly fold: number;
  /** Line in the file, counted from 1. */
  readonly line: number;
}

/** A pair list of LFW: View 2 has ten folds, a list of View 1 is one fold. */
export interface PairList {
  /** Name for messages. */
  readonly file: string;
  readonly folds: number;
  readonly pairs: readonly Pair[];
}

/** File of an image inside LFW's folder, as `Name/Name_0001.jpg`. */
export function lfwImagePath({ name, number }: PairedImage): string {
  return `${name}/${name}_${String(number).padStart(4, '0')}.jpg`;
}

/**
 * Read an LFW pair list: header `folds <tab> pairs` (View 2) or `pairs` (View 1), then in each fold that many genuine lines
 * `name i j` and as many impostor lines `name i name j`. Nothing is skipped or guessed.
 *
 * @param text - The whole file.
 * @param file - Its name, for messages.
 * @throws {FaceError} `PAIRS_MALFORMED` with `file:line` for a line that does not fit, a wrong count, a pair listed twice.
 * @see Huang et al., Labeled Faces in the Wild, UMass TR 07-49, 2007.
 */
export function parseLfwPairs(text: string, { file = 'pairs' }: { readonly file?: string } = {}): PairList {
  const lines = text.split(/\r?\n/);
  while (lines.at(-1)?.trim() === '') lines.pop();
  const { folds, perFold } = parseHeader(lines[0] ?? '', file);
  const expected = folds * 2 * perFold;
  const seen = new Map<string, number>();
  const pairs = lines.slice(1, 1 + expected).map((text, index) => {
    const line = index + 2;
    const same = index % (2 * perFold) < perFold;
    const pair = parseLine(text, { same, fold: Math.floor(index / (2 * perFold)), line, file });
    const key = [lfwImagePath(pair.one), lfwImagePath(pair.other)].sort().join(' ');
    const before = seen.get(key);
    if (before !== undefined) malformed(file, line, `the pair of line ${before} again`);
    seen.set(key, line);
    return pair;
  });
  if (lines.length - 1 !== expected) {
    const line = Math.min(lines.length, expected + 1) + 1;
    malformed(file, line, `the header promises ${expected} pairs, got ${lines.length - 1}`);
  }
  return { file, folds, pairs };
}

/**
 * Take a balanced part of a list: from each fold the first genuine and as many first impostor pairs, evenly over the folds, at
 * most `limit` pairs in all; below two pairs a fold, the first folds only.
 *
 * @param limit - At least 2.
 * @throws {FaceError} `USAGE` when the limit is below 2 or no whole number.
 */
export function limitPairs(list: PairList, limit: number): PairList {
  if (!Number.isInteger(limit) || limit < 2) {
    throw new FaceError(
      'USAGE',
      `A balanced part of a pair list has a whole number of at least 2 pairs, got ${limit}.`,
    );
  }
  const folds = Math.min(list.folds, Math.floor(limit / 2));
  const perKind = Math.floor(limit / (2 * folds));
  const taken = new Map<string, number>();
  const pairs = list.pairs.filter(({ fold, same }) => {
    const key = `${fold} ${same}`;
    const count = taken.get(key) ?? 0;
    taken.set(key, count + 1);
    return fold < folds && count < perKind;
  });
  return { ...list, folds, pairs };
}

function parseHeader(header: string, file: string): { readonly folds: number; readonly perFold: number } {
  const numbers = fields(header).map(wholeNumber);
  const [first, second] = numbers;
  if (numbers.length === 1 && first !== undefined) return { folds: 1, perFold: first };
  if (numbers.length === 2 && first !== undefined && second !== undefined) return { folds: first, perFold: second };
  return malformed(file, 1, `expected the header "folds <tab> pairs" or "pairs", got "${header}"`);
}

function parseLine(
  text: string,
  {
    same,
    fold,
    line,
    file,
  }: { readonly same: boolean; readonly fold: number; readonly line: number; readonly file: string },
): Pair {
  const parts = fields(text);
  const wanted = same ? 'a genuine pair "name i j"' : 'an impostor pair "name i name j"';
  if (parts.length !== (same ? 3 : 4)) malformed(file, line, `expected ${wanted}, got "${text}"`);
  const [name, otherName] = same ? [parts[0]!, parts[0]!] : [parts[0]!, parts[2]!];
  for (const each of [name, otherName]) {
    // names become paths
    if (/[/\\\0]/.test(each) || each.startsWith('.')) malformed(file, line, `"${each}" cannot be a person's folder`);
  }
  const [number, otherNumber] = [wholeNumber(parts[1]!), wholeNumber(parts.at(-1)!)];
  if (number === undefined || otherNumber === undefined) {
    return malformed(file, line, `expected image numbers counted from 1, got "${text}"`);
  }
  if (same && number === otherNumber) malformed(file, line, `an image paired with itself: "${text}"`);
  if (!same && name === otherName) malformed(file, line, `expected two people, got ${name} twice`);
  return { one: { name, number }, other: { name: otherName, number: otherNumber }, same, fold, line };
}

function fields(text: string): string[] {
  return text.split(/[\t ]+/).filter((field) => field !== '');
}

function wholeNumber(text: string): number | undefined {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

function malformed(file: string, line: number, what: string): never {
  throw new FaceError('PAIRS_MALFORMED', `${file}:${line}: ${what}.`);
}
