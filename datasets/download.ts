import { createWriteStream, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { FaceError } from '@kith/core';
import { faultOf } from './checksum.ts';
import type { PublishedFile } from './manifest.ts';
import type { Progress } from './progress.ts';

const unreachable = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export interface DownloadOptions {
  readonly progress?: Progress;
  /** How often a cut connection is taken up again. */
  readonly tries?: number;
  /** A server silent for this long counts as a cut connection. */
  readonly silenceMs?: number;
}

/**
 * Download a published file; what an earlier try left is taken up where it ended. The file appears under its name only
 * when its checksum is right.
 *
 * @throws {FaceError} `DATASET_INCOMPLETE` when no address gives it, or what they give is another file.
 */
export async function download(published: PublishedFile, target: string, options: DownloadOptions = {}): Promise<void> {
  const part = `${target}.part`;
  const reasons: string[] = [];
  for (const url of published.urls) {
    const resumed = existsSync(part);
    let fault = await tryUrl(url, part, published, options);
    // the part may have been of another file: once more from the start
    if (fault !== undefined && resumed && !existsSync(part)) fault = await tryUrl(url, part, published, options);
    if (fault === undefined) {
      renameSync(part, target);
      return;
    }
    reasons.push(`${url}: ${fault}`);
  }
  throw new FaceError('DATASET_INCOMPLETE', `${published.file} could not be downloaded:\n  ${reasons.join('\n  ')}`);
}

/** @returns Nothing when `part` now is the published file, else why not; a whole but wrong file is removed. */
async function tryUrl(
  url: string,
  part: string,
  published: PublishedFile,
  options: DownloadOptions,
): Promise<string | undefined> {
  const failure = await receive(url, part, options);
  if (failure !== undefined) return failure;
  const fault = await faultOf(part, published);
  if (fault !== undefined) rmSync(part, { force: true });
  return fault;
}

async function receive(
  url: string,
  part: string,
  { progress = () => {}, tries = 5, silenceMs = 30_000 }: DownloadOptions,
): Promise<string | undefined> {
  let failure = '';
  for (let attempt = 0; attempt < tries; attempt++) {
    const before = sizeOf(part);
    try {
      return await receiveRest(url, part, { progress, silenceMs });
    } catch (error) {
      failure = reasonOf(error);
      // a server that cannot be reached is not asked again; one that cut us off is, at once if it gave anything
      if (unreachable.has(codeOf(error))) return failure;
      if (sizeOf(part) === before) await sleep(500 * (attempt + 1));
    }
  }
  return failure;
}

/** @returns A refusal in words, or nothing when all is there. Throws when the connection is cut. */
async function receiveRest(
  url: string,
  part: string,
  { progress, silenceMs }: { readonly progress: Progress; readonly silenceMs: number },
): Promise<string | undefined> {
  const have = sizeOf(part);
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), silenceMs);
  try {
    const response = await fetch(url, { signal: silence.signal, headers: have > 0 ? { range: `bytes=${have}-` } : {} });
    // the part is as long as the file, or longer: its checksum tells
    if (response.status === 416 && have > 0) return undefined;
    if (!response.ok || response.body === null) return `the server answered ${response.status}`;
    const start = response.status === 206 ? have : 0;
    const length = response.headers.get('content-length');
    const total = length === null || response.headers.has('content-encoding') ? undefined : start + Number(length);
    let received = start;
    const count = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        timer.refresh();
        received += chunk.length;
        progress(received, total);
        done(null, chunk);
      },
    });
    await pipeline(Readable.fromWeb(response.body), count, createWriteStream(part, { flags: start > 0 ? 'a' : 'w' }));
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

function sizeOf(file: string): number {
  return existsSync(file) ? statSync(file).size : 0;
}

function codeOf(error: unknown): string {
  return String((error as { cause?: { code?: unknown } }).cause?.code);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'AbortError') return 'the server fell silent';
  return error.cause instanceof Error ? error.cause.message : error.message;
}
