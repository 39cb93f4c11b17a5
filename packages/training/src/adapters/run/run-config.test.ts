import { expect, test } from 'vitest';
import { type Difference, differences } from './run-config.ts';

const textsOf = (list: readonly Difference[]) => list.map(({ text }) => text);

test('values too long to read are told of, not shown', () => {
  const rows = (count: number) => Array.from({ length: count }, (_, i) => ({ name: `conv${i}`, filters: 64 }));
  const now = { network: { name: 'b', rows: rows(40) }, seed: 1 };
  expect(textsOf(differences(now, { ...now, network: { name: 'a', rows: rows(2) } }))).toEqual([
    'network.name is "b", was "a"',
    'network.rows is another',
  ]);
  expect(textsOf(differences(rows(40), rows(2)))).toEqual(['config is another']);
});
