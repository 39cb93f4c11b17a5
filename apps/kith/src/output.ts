import { FaceError } from '@kith/core';
import { exitCodes } from './exit-codes.ts';
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
    fail: (error) => void process.stderr.write(failureText(error, { json })),
    style: (kind, text) => (isColoured ? `\u001b[${styles[kind]}m${text}\u001b[0m` : text),
  };
}

/**
 * Words that cannot be written end the words and not the work. A reader that goes away, as `head` does, is no error; an answer
 * lost for another reason is told once, and the exit code no longer says yes or no. What stderr cannot take is lost.
 */
export function surviveUnwritten({ json = false }: OutputOptions = {}): void {
  process.stderr.on('error', () => undefined);
  let isTold = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (isTold || error.code === 'EPIPE') return;
    isTold = true;
    const isFull = error.code === 'ENOSPC' || error.code === 'EDQUOT';
    const message = `The answer cannot be written: ${error.message}.`;
    process.stderr.write(failureLine({ code: isFull ? 'DISK_FULL' : 'INTERNAL', message }, { json }));
    process.on('exit', (code) => {
      if (code === exitCodes.yes || code === exitCodes.no)
        process.exitCode = isFull ? exitCodes.gallery : exitCodes.fault;
    });
  });
}

interface Failure {
  readonly code: string;
  readonly message: string;
}

function failureText(error: unknown, { json }: { readonly json: boolean }): string {
  if (error instanceof FaceError) {
    const { code } = error;
    return failureLine({ code, message: messageText(error) }, { json });
  }
  if (json) return failureLine({ code: 'INTERNAL', message: messageText(error) }, { json });
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `kith: a fault of ours, please report it.\n${trace}\n`;
}

function failureLine({ code, message }: Failure, { json }: { readonly json: boolean }): string {
  return json ? `${safeJson({ code, message })}\n` : `kith: ${printable(message)} (${code})\n`;
}

/** How the library names an option, and how the command line does. */
const spellings = { "'largest'": '--largest', "'maxPixels'": '--max-pixels' } as const;

/** What an error or a text says as one line, in the command line's words. */
export function messageText(told: unknown): string {
  let message = told instanceof Error ? told.message : String(told);
  for (const [name, option] of Object.entries(spellings)) message = message.replaceAll(name, option);
  return message.replace(/\s*[\r\n]+\s*/g, ' ').trim();
}
