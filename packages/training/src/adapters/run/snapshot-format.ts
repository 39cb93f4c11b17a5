import { createHash } from 'node:crypto';
import { FaceError } from '@kith/core';
import type { Weights } from '@kith/network';
import { decodeSafetensors, encodeSafetensors } from '@kith/network/weights';

/** What a snapshot belongs to: it fits no other run. */
export interface RunIdentity {
  /** sha256 of the settings. */
  readonly configHash: string;
  /** sha256 of what is learnt from. */
  readonly dataHash: string;
}

/** Where a run stands. */
export interface Snapshot<State = unknown> {
  /** Completed updates. */
  readonly iteration: number;
  /** Weights by group, such as `model`, `optimizer`, `average`, `head`. No group has a slash in its name. */
  readonly groups: Readonly<Record<string, Weights>>;
  /** Whatever else goes on with the run, as JSON. */
  readonly state: State;
}

interface Notes extends RunIdentity {
  readonly iteration: number;
  readonly groups: readonly string[];
  readonly state: unknown;
}

/** The checksum stands first in the header, so it lies at the same byte in every file. */
const beforeChecksum = '{"__metadata__":{"sha256":"';
const checksumAt = 8 + beforeChecksum.length;
const checksumLength = 64;
const blank = '0'.repeat(checksumLength);

/**
 * Write a snapshot as one safetensors file: tensors are named `<group>/<name>`, the rest is JSON in the metadata beside a sha256 of the
 * file as it is with zeros in the checksum's place.
 */
export function encodeSnapshot(snapshot: Snapshot, { configHash, dataHash }: RunIdentity): Uint8Array {
  const { iteration, groups, state } = snapshot;
  const notes: Notes = { iteration, configHash, dataHash, groups: Object.keys(groups), state };
  const bytes = encodeSafetensors({
    weights: prefixed(groups),
    metadata: { sha256: blank, snapshot: JSON.stringify(notes) },
  });
  bytes.set(new TextEncoder().encode(checksumOf(bytes)), checksumAt);
  return bytes;
}

/**
 * Read a snapshot.
 *
 * @param name - Of the file, for messages.
 * @throws {FaceError} `SNAPSHOT_CORRUPT` when it is not whole to the last bit.
 */
export function decodeSnapshot(bytes: Uint8Array, { name }: { readonly name: string }): Snapshot & RunIdentity {
  const kept = textAt(bytes, checksumAt, checksumLength);
  if (textAt(bytes, 8, beforeChecksum.length) !== beforeChecksum || kept.length !== checksumLength) {
    throw corrupt(`${name} is no snapshot: it has ${bytes.length} bytes and does not begin like one`);
  }
  const got = checksumOf(bytes);
  if (got !== kept) throw corrupt(`${name} has sha256 ${got}, expected ${kept}`);
  const { weights, metadata } = decodeSafetensors(bytes, { name });
  const { iteration, configHash, dataHash, groups, state }: Notes = JSON.parse(metadata.snapshot!);
  return { iteration, configHash, dataHash, groups: grouped(weights, groups), state };
}

function prefixed(groups: Snapshot['groups']): Weights {
  return new Map(
    Object.entries(groups).flatMap(([group, weights]) => {
      if (group.includes('/')) throw new FaceError('USAGE', `A group's name has no slash, got ${group}.`);
      return [...weights].map(([name, tensor]) => [`${group}/${name}`, tensor] as const);
    }),
  );
}

function grouped(weights: Weights, groups: readonly string[]): Record<string, Weights> {
  return Object.fromEntries(
    groups.map((group) => {
      const own = [...weights].filter(([name]) => name.startsWith(`${group}/`));
      return [group, new Map(own.map(([name, tensor]) => [name.slice(group.length + 1), tensor]))];
    }),
  );
}

function textAt(bytes: Uint8Array, begin: number, length: number): string {
  return new TextDecoder('latin1').decode(bytes.subarray(begin, begin + length));
}

/** The sha256 of a file with zeros in the checksum's place. */
function checksumOf(bytes: Uint8Array): string {
  return createHash('sha256')
    .update(bytes.subarray(0, checksumAt))
    .update(blank)
    .update(bytes.subarray(checksumAt + checksumLength))
    .digest('hex');
}

function corrupt(message: string): FaceError {
  return new FaceError('SNAPSHOT_CORRUPT', `${message}.`);
}
