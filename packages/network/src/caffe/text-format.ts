import { FaceError } from '@kith/core';

/** What stands behind a field's name: a quoted text, a number, or a bare word such as `true` or an enum's. */
export interface Scalar {
  readonly kind: 'text' | 'number' | 'word';
  readonly line: number;
  /** As written; of a quoted text what it says. */
  readonly text: string;
}

export interface Message {
  readonly kind: 'message';
  readonly line: number;
  /** In the order of the file; a name may come several times. */
  readonly fields: readonly Field[];
}

export interface Field {
  readonly name: string;
  readonly line: number;
  readonly value: Scalar | Message;
}

interface Token {
  readonly kind: Scalar['kind'] | 'mark' | 'end';
  readonly line: number;
  readonly text: string;
}

/** No network is written deeper. */
const maxDepth = 50;

/** An error of a file, with its line. */
export function invalidAt(line: number, message: string): FaceError {
  return new FaceError('NETWORK_INVALID', `Line ${line}: ${message}.`);
}

/**
 * Read a message in protobuf's text format, without its schema.
 *
 * @throws {FaceError} `NETWORK_INVALID` with the line, what was expected and what was got.
 * @see https://protobuf.dev/reference/protobuf/textformat-spec/
 */
export function parseTextFormat(text: string): Message {
  return new Parser(tokensOf(text)).message();
}

const pieces = {
  blank: /\s+|#[^\n]*/y,
  number: /[-+]?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?[fF]?|inf(?:inity)?\b|nan\b)/iy,
  word: /[A-Za-z_][\w.]*/y,
  text: /"[^"\\\n]*(?:\\[^\n][^"\\\n]*)*"|'[^'\\\n]*(?:\\[^\n][^'\\\n]*)*'/y,
  mark: /[{}<>[\]:;,]/y,
} as const;

/** The tokens of a text, read as they are asked for; after the last comes the end, again and again. */
function* tokensOf(text: string): Generator<Token, never> {
  let at = 0;
  let line = 1;
  const take = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  for (;;) {
    for (let blank = take(pieces.blank); blank; blank = take(pieces.blank)) line += blank.split('\n').length - 1;
    if (at >= text.length) break;
    const found = nextToken(take);
    if (!found) throw invalidAt(line, `expected a name, a value or a bracket, got ${JSON.stringify(text[at])}`);
    yield { ...found, line };
  }
  for (;;) yield { kind: 'end', line, text: 'the end' };
}

function nextToken(take: (pattern: RegExp) => string | undefined): Omit<Token, 'line'> | undefined {
  for (const kind of ['number', 'word', 'text', 'mark'] as const) {
    const text = take(pieces[kind]);
    if (text !== undefined) return { kind, text: kind === 'text' ? unescaped(text.slice(1, -1)) : text };
  }
  return undefined;
}

const controls: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

function unescaped(quoted: string): string {
  return quoted.replace(
    /\\(?:([0-7]{1,3})|[xX]([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|(.))/gu,
    (_, octal?: string, hex?: string, unicode?: string, letter?: string) => {
      if (octal) return String.fromCharCode(Number.parseInt(octal, 8));
      if (hex ?? unicode) return String.fromCharCode(Number.parseInt((hex ?? unicode)!, 16));
      return controls[letter!] ?? letter!;
    },
  );
}

const closing: Readonly<Record<string, string>> = { '{': '}', '<': '>', '[': ']' };

class Parser {
  readonly #tokens: Generator<Token, never>;
  #next: Token;
  #depth = 0;

  constructor(tokens: Generator<Token, never>) {
    this.#tokens = tokens;
    this.#next = tokens.next().value;
  }

  /** Fields up to a closing bracket, or to the end of the file. */
  message(close?: string): Message {
    const fields: Field[] = [];
    const { line } = this.#next;
    if (++this.#depth > maxDepth)
      throw invalidAt(line, `expected at most ${maxDepth} brackets in each other, got more`);
    while (close === undefined ? this.#next.kind !== 'end' : !this.#skip(close)) {
      for (const field of this.#field()) fields.push(field);
      if (!this.#skip(',')) this.#skip(';');
    }
    this.#depth--;
    return { kind: 'message', line, fields };
  }

  #advance(): void {
    this.#next = this.#tokens.next().value;
  }

  #skip(mark: string): boolean {
    const found = this.#next.kind === 'mark' && this.#next.text === mark;
    if (found) this.#advance();
    return found;
  }

  #field(): readonly Field[] {
    const { kind, text: name, line } = this.#next;
    if (kind !== 'word') throw this.#unexpected('the name of a field');
    this.#advance();
    const hasColon = this.#skip(':');
    const named = (value: Scalar | Message): Field => ({ name, line, value });
    if (this.#skip('[')) return this.#list(']').map(named);
    return [named(this.#value({ hasColon }))];
  }

  #list(close: string): readonly (Scalar | Message)[] {
    const values: (Scalar | Message)[] = [];
    if (this.#skip(close)) return values;
    do values.push(this.#value({ hasColon: true }));
    while (this.#skip(','));
    if (!this.#skip(close)) throw this.#unexpected(`"${close}" or ","`);
    return values;
  }

  #value({ hasColon }: { readonly hasColon: boolean }): Scalar | Message {
    const { kind, text, line } = this.#next;
    if (kind === 'mark' && (text === '{' || text === '<')) {
      this.#advance();
      return this.message(closing[text]);
    }
    if (!hasColon) throw this.#unexpected('":" or "{"');
    if (kind === 'mark' || kind === 'end') throw this.#unexpected('a value');
    this.#advance();
    // texts behind each other are one
    let whole = text;
    for (; kind === 'text' && this.#next.kind === 'text'; this.#advance()) whole += this.#next.text;
    return { kind, line, text: whole };
  }

  #unexpected(expected: string): FaceError {
    const { kind, text, line } = this.#next;
    return invalidAt(line, `expected ${expected}, got ${kind === 'end' ? text : JSON.stringify(text.slice(0, 40))}`);
  }
}
