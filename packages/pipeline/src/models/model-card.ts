import { readFile } from 'node:fs/promises';
import { FaceError } from '@kith/core';

/** What is known of a model besides its network. It lies beside its weights, and docs/models tells the same at length. */
export interface ModelCard {
  readonly name: string;
  /** What it is, in a sentence. */
  readonly summary: string;
  /** Of the weights, as SPDX writes it. */
  readonly licence: string;
  /** Where the weights come from. */
  readonly from: string;
  /** What they were trained on. */
  readonly data: string;
  /** Networks whose embeddings it learnt; none where photos alone taught it. */
  readonly teachers: readonly string[];
  /** Missing where it was not measured, as are its parts. */
  readonly lfw?: LfwFigures;
  readonly speed?: SpeedFigures;
}

/** LFW, View 2, unrestricted, labeled outside data. @see RESULTS.md. */
export interface LfwFigures {
  readonly accuracy: number;
  /** Of the mean over ten folds. */
  readonly standardError: number;
  /** Share of genuine pairs accepted where this share of impostor pairs is. */
  readonly tarAtFar: { readonly '0.01'?: number; readonly '0.001'?: number };
  readonly images: number;
  readonly imagesWithoutFace: number;
  readonly command: string;
  readonly date: string;
}

/** Of the network that embeds, without detection and alignment. */
export interface SpeedFigures {
  /** One input at a time. */
  readonly millisecondsPerRun: number;
  /** Views of a face: each is a run, all go in one batch. */
  readonly runsPerFace: number;
  readonly runtime: string;
  readonly threads: number;
  readonly command: string;
  readonly date: string;
}

/**
 * Read what is known of a model, from the file beside its weights.
 *
 * @throws {FaceError} `WEIGHTS_CHECKSUM` when the file is missing or not JSON.
 */
export async function readModelCard(name: string): Promise<ModelCard> {
  try {
    return JSON.parse(await readFile(new URL(`../../assets/${name}.card.json`, import.meta.url), 'utf8')) as ModelCard;
  } catch (cause) {
    throw new FaceError('WEIGHTS_CHECKSUM', `The card of ${name} is missing or damaged. Run \`npm ci\` again.`, {
      cause,
    });
  }
}
