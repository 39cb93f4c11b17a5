import { basename } from 'node:path';
import { FaceError } from '@kith/core';
import { exitCodeOf, exitCodes } from './exit-codes.ts';

const stopSignals = [
  ['SIGINT', exitCodes.interrupted],
  ['SIGTERM', exitCodes.terminated],
] as const;

/** What a script gets besides its options. */
export interface ScriptContext {
  /** Aborts at the first Ctrl-C or SIGTERM; the second ends the process. */
  readonly signal: AbortSignal;
}

/**
 * Run a script to its end: `--help` answered, Ctrl-C and SIGTERM as a signal, an error as one line on stderr and as the exit code.
 *
 * @param name - What its errors begin with.
 * @param help - What `--help` prints, instead of any work.
 * @param isJson - Whether the error is to be one JSON value.
 */
export async function runScript(
  script: (context: ScriptContext) => Promise<void>,
  { name, help, isJson = false }: { readonly name: string; readonly help: string; readonly isJson?: boolean },
): Promise<void> {
  if (process.argv.includes('--help')) {
    process.stdout.write(help);
    return;
  }
  const interruption = new AbortController();
  let stopped: number = exitCodes.interrupted;
  for (const [name, code] of stopSignals) {
    process.on(name, () => {
      if (interruption.signal.aborted) process.exit(code);
      stopped = code;
      interruption.abort(new FaceError('CANCELLED', 'Stopped.'));
    });
  }
  try {
    await script({ signal: interruption.signal });
  } catch (error) {
    const isStop = error instanceof FaceError && error.code === 'CANCELLED';
    process.exitCode = isStop ? stopped : exitCodeOf(error);
    process.stderr.write(`${isJson ? JSON.stringify(errorRecord(error)) : errorText(name, error)}\n`);
  }
}

/** Read options, an unknown or missing one being a `USAGE` error. */
export function usage<T>(parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    if (cause instanceof FaceError) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    // what Node adds on arguments that look like options helps nobody here
    throw new FaceError('USAGE', message.replace(/(?<=\.) To specify a positional argument .*$/s, ''), { cause });
  }
}

/** Values of required options. @throws {FaceError} `USAGE` naming all that are missing. */
export function allRequired<Name extends string>(
  values: Readonly<Partial<Record<Name, string>>>,
  options: readonly Name[],
): Readonly<Record<Name, string>> {
  const missing = options.filter((option) => values[option] === undefined).map((option) => `--${option}`);
  if (missing.length === 0) return values as Readonly<Record<Name, string>>;
  const verb = missing.length === 1 ? 'is' : 'are';
  throw new FaceError('USAGE', `${missing.join(' and ')} ${verb} needed; --help tells more.`);
}

/** A required option's value. @throws {FaceError} `USAGE` when it is missing. */
export function required(value: string | undefined, option: string): string {
  if (value === undefined) throw new FaceError('USAGE', `--${option} is needed; --help tells more.`);
  return value;
}

/** An option's whole number above 0. @throws {FaceError} `USAGE` when it is none. */
export function wholeNumber(text: string, option: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new FaceError('USAGE', `--${option} is a whole number above 0, got "${text}".`);
  return Number(text);
}

/** The command as a report names it: every option, of paths only the last part. */
export function commandLine(start: string, args: readonly string[]): string {
  const lastPart = (arg: string) => {
    const [, option = '', value = ''] = /^(--[^=]+=)?(.*)$/s.exec(arg) ?? [];
    return option + (/[/\\]/.test(value) ? basename(value) : value);
  };
  return [start, ...args.map(lastPart)].join(' ');
}

function errorRecord(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof FaceError) return { code: error.code, message: error.message };
  return { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error) };
}

function errorText(name: string, error: unknown): string {
  if (error instanceof FaceError) return `${name}: ${error.message} (${error.code})`;
  return `${name}: a fault of ours, please report it.\n${error instanceof Error ? (error.stack ?? error.message) : error}`;
}
