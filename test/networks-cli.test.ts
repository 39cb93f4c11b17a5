import { findNetwork, networks } from '@kith/pipeline';
import { describe, expect, it } from 'vitest';

describe('the networks of kith networks', () => {
  it('have each a name of their own, by which they are found', () => {
    expect(new Set(networks.map(({ name }) => name)).size).toBe(networks.length);
    for (const network of networks) expect(findNetwork(network.name)).toBe(network);
  });

  it('suggest near names for one that is unknown', () => {
    expect(() => findNetwork('squeezenet')).toThrow(/squeezenet-1\.0, squeezenet-1\.1/);
    expect(() => findNetwork('zzz')).toThrow(expect.objectContaining({ code: 'NETWORK_UNKNOWN' }));
  });
});
