import { describe, expect, test } from 'vitest';
import { layOut } from './graph.ts';
import { add, addOf, chain, concat, concatOf, conv, dense, maxPool, network, relu } from './index.ts';

const input = [8, 8, 3] as const;

describe('names', () => {
  test('a convolution and what follows it share the name of their row', () => {
    const { nodes } = layOut(network('n', { input }, [conv('a', 4, { kernel: 3, norm: {}, activation: 'relu' })]));
    expect(nodes.map(({ name, inputs }) => [name, ...inputs])).toEqual([
      ['a', 'input'],
      ['a/norm', 'a'],
      ['a/relu', 'a/norm'],
    ]);
    expect(nodes.flatMap(({ parameters }) => parameters.map(({ name }) => name))).toEqual([
      'a/kernel',
      'a/bias',
      'a/norm/gamma',
      'a/norm/beta',
      'a/norm/mean',
      'a/norm/variance',
    ]);
  });

  test("a name means a row's output, and is looked for in the innermost block first", () => {
    const table = network('n', { input, outputs: ['block', 'a'] }, [
      conv('a', 3, { kernel: 1, activation: 'relu' }),
      chain('block', [conv('a', 3, { kernel: 1 }), relu('b'), addOf('sum', ['a', 'b', 'input'])]),
      addOf('end', ['a', 'block']),
    ]);
    const { nodes, outputs } = layOut(table);
    expect(nodes.at(-2)).toMatchObject({ name: 'block/sum', inputs: ['block/a', 'block/b', 'input'] });
    expect(nodes.at(-1)).toMatchObject({ name: 'end', inputs: ['a/relu', 'block/sum'] });
    expect(outputs).toEqual(['block/sum', 'a/relu']);
  });

  test('an empty branch passes on what the block reads', () => {
    const { nodes } = layOut(network('n', { input }, [relu('r'), add('sum', [[], [conv('a', 3, { kernel: 3 })]])]));
    expect(nodes.at(-1)).toMatchObject({ name: 'sum', inputs: ['r', 'sum/a'], shape: input });
  });

  test('every node belongs to its row of the table', () => {
    const { nodes, rows } = layOut(
      network('n', { input }, [concat('two', [[relu('a')], [relu('b')]]), dense('fc', 5)]),
    );
    expect(nodes.map(({ name, row }) => [name, rows[row]])).toEqual([
      ['two/a', 'two'],
      ['two/b', 'two'],
      ['two', 'two'],
      ['fc', 'fc'],
    ]);
  });
});

describe('a table that does not fit is refused, and the layer is named', () => {
  test.each([
    ['maps that are too small', [conv('big', 4, { kernel: 9, padding: 'valid' })], /layer big .*got 8×8×3/],
    [
      'a vector where maps are needed',
      [dense('fc', 4), conv('late', 4, { kernel: 1 })],
      /layer late .*needs maps, got 4/,
    ],
    ['groups that do not divide', [conv('g', 4, { kernel: 1, groups: 2 })], /layer g .*2 groups divide/],
    [
      'a sum of unequals',
      [conv('a', 4, { kernel: 1 }), addOf('sum', ['a', 'input'])],
      /layer sum .*one size, got 8×8×4 and 8×8×3/,
    ],
    [
      'maps of two sizes side by side',
      [maxPool('p', { kernel: 2, stride: 2 }), concatOf('both', ['p', 'input'])],
      /layer both .*one size/,
    ],
    ['a layer that is not there', [addOf('sum', ['nobody', 'input'])], /layer sum reads a layer "nobody"/],
    ['a layer that comes later', [addOf('sum', ['later', 'input']), relu('later')], /"later"/],
    ['a name twice', [relu('a'), relu('a')], /layer a has the name of another/],
    ["the input's name", [relu('input')], /layer input has the name of another/],
    ['a row without a name', [relu('')], /no name/],
    ['half a px', [conv('a', 4, { kernel: 1.5 })], /whole px/],
  ])('%s', (_, rows, message) => {
    const laying = () => layOut(network('n', { input }, rows));
    expect(laying).toThrow(expect.objectContaining({ code: 'NETWORK_INVALID' }));
    expect(laying).toThrow(message);
  });

  test('an output that no layer gives', () => {
    expect(() => layOut(network('n', { input, outputs: ['nobody'] }, [relu('a')]))).toThrow(/"nobody"/);
    expect(() => layOut(network('n', { input }, []))).toThrow(expect.objectContaining({ code: 'NETWORK_INVALID' }));
  });
});
