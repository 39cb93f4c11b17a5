import { deepface } from '@kith/alignment';
import { FaceError } from '@kith/core';
import { faceApiLandmarks, faceApiSsd, faceApiTiny } from '@kith/detection';
import { dlibResnet29, faceNetNetworks } from '@kith/embedding';
import { type Network, zoo } from '@kith/network';

/** All networks that kith knows by name. */
export const networks: readonly Network[] = [
  ...zoo,
  deepface,
  ...faceNetNetworks,
  dlibResnet29,
  faceApiSsd,
  faceApiTiny(),
  faceApiLandmarks,
];

/**
 * Find a network by its name.
 *
 * @throws {FaceError} `NETWORK_UNKNOWN` when there is none, with near names.
 */
export function findNetwork(name: string): Network {
  const found = networks.find((network) => network.name === name);
  if (found) return found;
  const stem = name.toLowerCase().slice(0, 4);
  const near = networks.filter((network) => network.name.startsWith(stem));
  const names = (near.length > 0 ? near : networks).map((network) => network.name).join(', ');
  throw new FaceError('NETWORK_UNKNOWN', `There is no network '${name}'; expected one of: ${names}.`);
}
