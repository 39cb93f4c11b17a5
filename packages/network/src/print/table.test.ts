import { describe, expect, it } from 'vitest';
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
});
