import { FaceError } from '@kith/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { count } from '../count.ts';
import { head, layer, trainValText } from './caffe-files.test-support.ts';
import { readPrototxt } from './read-prototxt.ts';

test.each([
  ['an open bracket', `${head}layer { name: "a"`, /Line 2: expected the name of a field, got the end/],
  ['a bracket too many', `${head}}`, /Line 2: expected the name of a field, got "}"/],
  ['no colon', `${head}layer { name "a" }`, /Line 2: expected ":" or "{", got "a"/],
  ['an odd character', `${head}\n\n  $`, /Line 4: .*got "\$"/],
  ['an open text', `${head}name: "a\n"`, /Line 2/],
  ['deep brackets', 'a {'.repeat(1000), /at most 50 brackets/],
  ['nothing', '', /Line 1: expected an input/],
  ['no layers', head, /expected an input that layers read/],
  ['an unknown type', head + layer('Crop'), /Line 2: layer l is of type Crop, expected one of Convolution/],
  ['a type of Object', head + layer('constructor'), /of type constructor/],
  ['no type', `${head}layer { name: "a" }`, /Line 2: layer a has no type/],
  ['no kernel', head + layer('Convolution', 'convolution_param { num_output: 2 }'), /Line 2: expected kernel_size/],
  ['no filters', head + layer('Convolution', 'convolution_param { kernel_size: 2 }'), /Line 2: expected num_output/],
  [
    'half a filter',
    head + layer('InnerProduct', 'inner_product_param {\nnum_output: 1.5 }'),
    /Line 3: num_output is 1.5, expected a whole number from 1/,
  ],
  [
    'a word for a number',
    head + layer('InnerProduct', 'inner_product_param { num_output: many }'),
    /num_output is "many", expected a number/,
  ],
  [
    'a block for a number',
    head + layer('InnerProduct', 'inner_product_param { num_output { } }'),
    /num_output is a block/,
  ],
  [
    'a kernel that is too large',
    head + layer('Convolution', 'convolution_param { num_output: 2 kernel_size: 9 }'),
    /Line 2: layer l \(Convolution\) needs maps at least as large as its kernel, got 8×8×3/,
  ],
  [
    'groups that do not divide',
    head + layer('Convolution', 'convolution_param { num_output: 2 kernel_size: 1 group: 2 }'),
    /channels that 2 groups divide/,
  ],
  [
    'kernels twice',
    head + layer('Convolution', 'convolution_param { num_output: 2 kernel_size: 1 kernel_h: 1 }'),
    /got both/,
  ],
  [
    'a blob that is not there',
    head + layer('ReLU', '', { bottom: 'y' }),
    /Line 2: layer l reads "y", which no layer before it gives/,
  ],
  [
    'two layers of a name',
    head + layer('TanH') + layer('TanH', '', { bottom: 'x', top: 'y' }),
    /Line 3: "l" is the name of two layers/,
  ],
  ['products', head + layer('Eltwise', 'eltwise_param { operation: PROD }'), /Line 2: operation is PROD, expected SUM/],
  [
    'stochastic pools',
    head + layer('Pooling', 'pooling_param { pool: STOCHASTIC kernel_size: 2 }'),
    /pool is STOCHASTIC, expected MAX or AVE/,
  ],
  [
    'maps flattened for a softmax',
    `${head}${layer('Flatten')}${layer('Softmax', '', { name: 'm', bottom: 'x', top: 'y' })}`,
    /Line 3: layer m \(Softmax\) reads flattened maps/,
  ],
  [
    'flattened maps at the end',
    `${head}${layer('TanH')}${layer('Flatten', '', { name: 'm', bottom: 'x', top: 'y' })}`,
    /Line 2: what follows layer l flattens maps/,
  ],
  [
    'statistics of a batch',
    head + layer('BatchNorm', 'batch_norm_param { use_global_stats: false }'),
    /use_global_stats is false/,
  ],
  [
    'data without size',
    'layer { name: "d" type: "Data" top: "data" }',
    /Line 1: layer d does not say how large its pictures are/,
  ],
  ['three sizes', 'input: "data" input_shape { dim: 1 dim: 3 dim: 8 }', /needs four sizes .* got 1, 3, 8/],
  [
    'rules of both kinds',
    head + layer('ReLU', 'include { phase: TEST } exclude { phase: TRAIN }'),
    /rules to include and to exclude/,
  ],
  [
    'labels that are computed with',
    `layer { name: "d" type: "Data" top: "data" top: "label" transform_param { crop_size: 8 } }\n${layer('ReLU', '', { bottom: 'label' })}`,
    /reads "label"/,
  ],
  [
    'two inputs',
    `${head}input: "more" input_shape { dim: 1 dim: 3 dim: 8 dim: 8 }\nlayer { name: "l" type: "Eltwise" bottom: "data" bottom: "more" top: "x" }`,
    /expected one input, got data and more/,
  ],
] as const)('refuses %s, with the line', (_, text, message) => {
  expect(() => readPrototxt(text)).toThrow(expect.objectContaining({ code: 'NETWORK_INVALID' }));
  expect(() => readPrototxt(text)).toThrow(message);
});

describe('whatever the text, a table or a coded error', () => {
  const survives = (text: string) => {
    try {
      expect(count(readPrototxt(text)).rows.length).toBeGreaterThan(0);
    } catch (error) {
      if (!(error instanceof FaceError)) throw error;
      expect(error.code).toBe('NETWORK_INVALID');
    }
  };
  const words = [
    'layer',
    'layers',
    '{',
    '}',
    '<',
    '>',
    '[',
    ']',
    ':',
    ',',
    '"',
    'name',
    'type',
    '"Pooling"',
    '"Concat"',
    '"a"',
    'bottom',
    'top',
    '"data"',
    '1',
    '-3',
    '0x',
    '1e400',
    'inf',
    'input',
    'input_dim',
    'include',
    'phase',
    '#',
    '\n',
    '\\',
  ];

  test('any characters', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), survives), { numRuns: 500 });
  });

  test('words of the format in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 60 }), (some) => survives(some.join(' '))),
      { numRuns: 1000 },
    );
  });

  test('a good file with a piece cut out, doubled or replaced', () => {
    const edits = fc.tuple(
      fc.nat(trainValText.length),
      fc.nat(80),
      fc.constantFrom(...words, '0', '99999999999'),
      fc.boolean(),
    );
    fc.assert(
      fc.property(edits, ([at, length, word, isDoubled]) => {
        const cut = trainValText.slice(at, at + length);
        survives(trainValText.slice(0, at) + (isDoubled ? cut + cut : word) + trainValText.slice(at + length));
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['blanks', ' \n'.repeat(500_000)],
    ['comments', '#\n'.repeat(2_000_000)],
    ['a text', `name: "${'\\n'.repeat(500_000)}`],
    ['a list', `name: [${'1,'.repeat(150_000)}1]`],
    ['dims', `${head}input_shape { ${'dim: 1 '.repeat(100_000)}}`],
    ['marks', ';'.repeat(4_000_000)],
    ['inputs', `${'input: "a" input_dim: 1 input_dim: 1 input_dim: 1 input_dim: 1\n'.repeat(50_000)}`],
    ['layers', head + layer('ReLU', '', { top: 'data' }).repeat(10_001)],
    ['bottoms', head + layer('Eltwise', 'bottom: "data" '.repeat(100_000))],
    ['tops', head + layer('Split', 'top: "y" '.repeat(100_000))],
  ])('very many %s', (_, text) => survives(text));
});
