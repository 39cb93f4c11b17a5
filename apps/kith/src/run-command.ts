import type { Image } from '@kith/core';
import type { Gallery, GalleryOptions, Recognizer } from '@kith/pipeline';
import type { Command } from 'commander';
import { type ExitCode, exitCodeOf } from './exit-codes.ts';
import { messageText, type Output } from './output.ts';
import { printable } from './printable.ts';
import { recognizerOptions, type Settings, settingsOf } from './settings.ts';

/** One call of a command: its options, and where its words go. */
export interface Call<Options = unknown> {
  readonly settings: Settings & Options;
  readonly output: Output;
}

/** Make a commander action of a function that answers with an exit code. */
export function runs<Args extends readonly unknown[], Options = unknown>(
  work: (call: Call<Options>, ...args: Args) => Promise<ExitCode>,
): (...given: unknown[]) => Promise<void> {
  return async (...given) => {
    // commander hands over the arguments, then the options, then the command
    const call = settingsOf<Options>(given.at(-1) as Command);
    try {
      process.exitCode = await work(call, ...(given.slice(0, -2) as unknown as Args));
    } catch (error) {
      call.output.fail(error);
      process.exitCode = exitCodeOf(error);
    }
  };
}

/** Open the gallery of the settings for one piece of work. The pipeline is loaded here, so that `--help` need not wait. */
export async function withGallery<T>(
  { settings, output }: Call,
  options: Pick<GalleryOptions, 'create' | 'readOnly'>,
  work: (gallery: Gallery) => Promise<T>,
): Promise<T> {
  const { openGallery } = await import('@kith/pipeline');
  const gallery = await openGallery(settings.gallery, {
    ...recognizerOptions(settings),
    ...options,
    onNotice: (notice) => output.say(`kith: ${printable(messageText(notice.message))}`),
  });
  let result: T;
  try {
    result = await work(gallery);
  } catch (error) {
    // what the work failed at says more than what closing fails at
    await gallery.close().catch(() => undefined);
    throw error;
  }
  await gallery.close();
  return result;
}

/** Read a photo for a gallery, once it is known that the model asked for is the gallery's. */
export async function readProbe({ settings }: Call, path: string): Promise<Uint8Array> {
  const { assertGalleryModel, readPhoto } = await import('@kith/pipeline');
  assertGalleryModel(settings.gallery, settings);
  return readPhoto(path);
}

/** Read photos and open a recogniser for one piece of work without a gallery. */
export async function withRecognizer<T>(
  { settings }: Call,
  paths: readonly string[],
  work: (recognizer: Recognizer, photos: readonly Image[]) => Promise<T>,
): Promise<T> {
  const { decodeImage, openRecognizer, readPhoto } = await import('@kith/pipeline');
  const options = recognizerOptions(settings);
  const photos: Image[] = [];
  for (const path of paths) photos.push(await decodeImage(await readPhoto(path), options));
  const recognizer = await openRecognizer(options);
  try {
    return await work(recognizer, photos);
  } finally {
    await recognizer.close();
  }
}
