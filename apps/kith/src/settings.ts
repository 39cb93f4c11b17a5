import { FaceError } from '@kith/core';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { createOutput, type Output } from './output.ts';

/** The options that every command takes. */
export interface Settings {
  readonly gallery: string;
  readonly model?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly fmr: number;
  readonly fpir: number;
  readonly maxPixels?: number;
}

/** Add the common options; commander takes them before and after the command's name. */
export function addSettings(program: Command): Command {
  return program
    .addOption(new Option('--gallery <dir>', 'folder of the gallery').env('KITH_GALLERY').default('./gallery'))
    .option('--model <name>', 'model of a new gallery, or of a command that needs none; a gallery remembers its own')
    .option('--json', 'one JSON value on stdout, an error as one JSON line on stderr')
    .option('--fmr <rate>', 'false match rate to hold when comparing 1:1', parseRate, 0.001)
    .option('--fpir <rate>', 'false positive identification rate to hold', parseRate, 0.01)
    .option('--max-pixels <count>', 'refuse photos of more pixels (default: 256 million)', parseCount)
    .option('--quiet', 'answers and errors only');
}

/** What the command was called with, and where its words go. */
export function settingsOf<T>(command: Command): { readonly settings: Settings & T; readonly output: Output } {
  const settings = command.optsWithGlobals<Settings & T>();
  return { settings, output: createOutput(settings) };
}

/** The settings that a recogniser wants. */
export function recognizerOptions({ model, maxPixels }: Settings): { model?: string; maxPixels?: number } {
  return { ...(model === undefined ? {} : { model }), ...(maxPixels === undefined ? {} : { maxPixels }) };
}

/** A whole number of at least 1, also in the form 256e6. */
export function parseCount(text: string): number {
  const count = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(count) || count < 1) {
    throw new InvalidArgumentError('Expected a whole number of at least 1.');
  }
  return count;
}

function parseRate(text: string): number {
  const rate = Number(text);
  if (!(rate > 0 && rate < 1)) throw new InvalidArgumentError('Expected a rate between 0 and 1, such as 0.001.');
  return rate;
}

/** The error of a call that cannot be meant. */
export function usageError(message: string): FaceError {
  return new FaceError('USAGE', message);
}
