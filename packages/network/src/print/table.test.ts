import { describe, expect, it } from 'vitest';
import { chain, concat, conv, pointwise, relu } from '../layers.ts';
import { network } from '../network.ts';
import { networkTable } from './table.ts';

describe('networkTable', () => {
  it('prints kernel, stride, filters, output and counts of each row, and the total', () => {
    const table = network('small', { input: [8, 8, 3] }, [
      {
        name: 'conv1',
        operation: {
          kind: 'conv',
          kernel: [3, 3],
          stride: [2, 2],
          padding: 'same',
          filters: 16,
          dilation: [1, 1],
          groups: 1,
          bias: true,
        },
      },
      { name: 'fc', operation: { kind: 'dense', units: 10, bias: false } },
    ]);
    const lines = networkTable(table).map((line) => line.split(/ {2,}/));
    expect(lines[1]).toEqual(['conv1', 'conv 3×3/2, 16', '4×4×16', '448', '6,912']);
    expect(lines[2]).toEqual(['fc', 'dense 10', '1×1×10', '2,560', '2,560']);
    expect(lines[3]).toEqual(['total', '3,008', '9,472']);
  });

  it('tells a block branch by branch, and a long one by its size', () => {
    const unit = concat('block', [
      [pointwise('a', 4, { activation: 'relu' })],
      [pointwise('b1', 2, { activation: 'relu' }), conv('b2', 4, { kernel: 3, activation: 'relu' })],
      [],
    ]);
    const kinds = (rows: Parameters<typeof network>[2]) =>
      networkTable(network('blocks', { input: [8, 8, 3] }, rows)).map((line) => line.split(/ {2,}/)[1]);
    expect(kinds([unit])[1]).toBe('(1×1, 4 | 1×1, 2 → 3×3, 4 | as it is)');
    const many = Array.from({ length: 40 }, (_, i) => pointwise(`p${i}`, 4));
    expect(kinds([chain('long', many)])[1]).toBe('block of 40 layers');
    expect(kinds([relu('only')])[1]).toBe('relu');
  });
});
