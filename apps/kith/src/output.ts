import { FaceError } from '@kith/core';
import { printable, safeJson } from './printable.ts';

const styles = { good: 32, bad: 33, faint: 2, bold: 1 } as const;

/** Where a command's words go: answers to stdout, everything else to stderr, nothing but JSON with `--json`. */
export interface Output {
  readonly isJson: boolean;
  /** One line of a human answer. Silent with `--json`. */
  line(text: string): void;
  /** The whole answer for programs. Silent without `--json`. */
  json(value: unknown): void;
  /** Something to know besides the answer. Silent with `--json` or `--quiet`. */
  say(text: string): void;
  /** The error that ends the command. */
  fail(error: unknown): void;
  /** Mark a text for the eye where stdout is a terminal that wants colour. */
  style(kind: keyof typeof styles, text: string): string;
}

export interface OutputOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Make the output of one run, for its `--json` and `--quiet`. */
export function createOutput({ json = false, quiet = false }: OutputOptions = {}): Output {
  const isColoured = !json && process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
  return {
    isJson: json,
    line: (text) => {
      if (!json) process.stdout.write(`${text}\n`);
    },
    json: (value) => {
      if (json) process.stdout.write(`${safeJson(value)}\n`);
    },
    say: (text) => {
      if (!json && !quiet) process.stderr.write(`${text}\n`);
    },
    fail: (error) => process.stderr.write(json ? `${safeJson(errorRecord(error))}\n` : errorText(error)),
    style: (kind, text) => (isColoured ? `\u001b[${styles[kind]}m${text}\u001b[0m` : text),
  };
}

/** A reader that goes away, as `head` does, ends the words and not the work. */
export function surviveClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

function errorRecord(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof FaceError) return { code: error.code, message: error.message };
  return { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error) };
}

function errorText(error: unknown): string {
  if (error instanceof FaceError) return `kith: ${printable(error.message)} (${error.code})\n`;
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `kith: a fault of ours, please report it.\n${trace}\n`;
}
