import { expect, test } from 'vitest';
import { differences } from './run-config.ts';

test('values too long to read are told of, not shown', () => {
  const rows = (count: number) => Array.from({ length: count }, (_, i) => ({ name: `conv${i}`, filters: 64 }));
  const now = { network: { name: 'b', rows: rows(40) }, seed: 1 };
  expect(differences(now, { ...now, network: { name: 'a', rows: rows(2) } })).toEqual([
    'network.name is "b", was "a"',
    'network.rows is another',
  ]);
  expect(differences(rows(40), rows(2))).toEqual(['config is another']);
});
