import { FaceError } from '@kith/core';

/** Where weights come from. */
export interface WeightsProvenance {
  /** What they were made of: a run, a file, a repository. */
  readonly from: string;
  /** What they were trained on. */
  readonly data?: string;
  /** The network that taught them. */
  readonly teacher?: string;
  /** When they were made, ISO 8601. */
  readonly date: string;
  /** What made them. */
  readonly command?: string;
}

/** What whoever writes weights has to say of them. */
export interface WeightsNotes {
  /** Name of the network whose weights they are. */
  readonly network: string;
  /** SPDX identifier, or a sentence. */
  readonly licence: string;
  readonly provenance: WeightsProvenance;
}

/** What lies beside a file of weights. */
export interface WeightsManifest extends WeightsNotes {
  /** Version of the manifest. */
  readonly format: 1;
  readonly file: string;
  readonly bytes: number;
  /** Of the whole file, in hexadecimal. */
  readonly sha256: string;
}

/**
 * Read a manifest.
 *
 * @param name - For messages.
 * @throws {FaceError} `WEIGHTS_MALFORMED` when it is no JSON, of another version, or lacks a field.
 */
export function parseManifest(bytes: Uint8Array, name: string): WeightsManifest {
  let read: unknown;
  try {
    read = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new FaceError('WEIGHTS_MALFORMED', `The manifest ${name} is not JSON.`, { cause });
  }
  const manifest = (typeof read === 'object' && read !== null ? read : {}) as Partial<WeightsManifest>;
  const { format, network, licence, provenance, file, bytes: size, sha256 } = manifest;
  if (format !== 1) {
    throw new FaceError('WEIGHTS_MALFORMED', `The manifest ${name} is of version ${format}, expected 1.`);
  }
  const fields = { network, licence, file, from: provenance?.from, date: provenance?.date };
  const missing = Object.entries(fields).find(([, value]) => typeof value !== 'string')?.[0];
  if (missing !== undefined) {
    throw new FaceError('WEIGHTS_MALFORMED', `The manifest ${name} does not say ${missing}.`);
  }
  if (!Number.isSafeInteger(size) || !/^[0-9a-f]{64}$/.test(sha256 ?? '')) {
    throw new FaceError(
      'WEIGHTS_MALFORMED',
      `The manifest ${name} lacks the size in bytes and the sha256 of its file.`,
    );
  }
  return manifest as WeightsManifest;
}
