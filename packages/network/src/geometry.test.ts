import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { geometryOf } from './geometry.ts';
import type { Operation } from './operation.ts';
import type { Maps, Padding, Pair } from './shape.ts';

const small = fc.integer({ min: 1, max: 5 });
const pairs = fc.tuple(small, small);

interface ConvCase {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Padding;
  readonly dilation: Pair;
  readonly input: Maps;
}

const cases = fc.record<ConvCase>({
  kernel: pairs,
  stride: pairs,
  dilation: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  padding: fc.oneof(
    fc.constant<Padding>('same'),
    fc.constant<Padding>('valid'),
    fc.integer({ min: 0, max: 3 }),
    fc.tuple(small, small, small, small),
  ),
  input: fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }), fc.constant(2)),
});

function conv({ kernel, stride, padding, dilation }: ConvCase): Operation {
  return { kind: 'conv', filters: 3, kernel, stride, padding, dilation, groups: 1, bias: true };
}

/** How many windows fit, by trying every start. */
function countWindows(
  length: number,
  { before, after, span, stride }: Record<'before' | 'after' | 'span' | 'stride', number>,
) {
  let windows = 0;
  for (let start = -before; start + span <= length + after; start += stride) windows++;
  return windows;
}

describe('windows', () => {
  test('as many fit as can be placed one by one', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const described = geometryOf(conv(one), [one.input]);
        const span = (axis: 0 | 1) => (one.kernel[axis] - 1) * one.dilation[axis] + 1;
        if (typeof described === 'string') {
          expect(one.padding === 'same').toBe(false);
          return;
        }
        const [top, right, bottom, left] = described.geometry!.pads;
        expect(described.shape).toEqual([
          countWindows(one.input[0], { before: top, after: bottom, span: span(0), stride: one.stride[0] }),
          countWindows(one.input[1], { before: left, after: right, span: span(1), stride: one.stride[1] }),
          3,
        ]);
      }),
    );
  });

  test('with same padding a stride alone decides the size, and the odd px comes after', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const described = geometryOf(conv({ ...one, padding: 'same' }), [one.input]);
        if (typeof described === 'string') throw new Error(described);
        const [top, right, bottom, left] = described.geometry!.pads;
        expect(described.shape.slice(0, 2)).toEqual(
          [0, 1].map((axis) => Math.ceil(one.input[axis]! / one.stride[axis]!)),
        );
        for (const difference of [bottom - top, right - left]) expect([0, 1]).toContain(difference);
      }),
    );
  });

  test.each([
    // GoogLeNet's pools: 112 → 56 → 28 → 14 → 7 with 3×3/2 and ceil
    [112, 56],
    [56, 28],
    [28, 14],
    [14, 7],
    [7, 3],
    [109, 54],
  ])('a pool of 3 with stride 2 and ceil brings %i to %i', (side, expected) => {
    const pool: Operation = { kind: 'maxPool', kernel: [3, 3], stride: [2, 2], padding: 'valid', ceil: true };
    const described = geometryOf(pool, [[side, side, 1]]);
    expect(described).toMatchObject({
      shape: [expected, expected, 1],
      geometry: { overhang: side % 2 === 0 ? [1, 1] : [0, 0] },
    });
  });

  test('a transposed convolution undoes the size of a convolution', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const plain = { ...one, dilation: [1, 1], padding: 'valid' } as const;
        const down = geometryOf(conv(plain), [one.input]);
        if (typeof down === 'string') return;
        const up = geometryOf(
          {
            kind: 'transposedConv',
            filters: 2,
            kernel: one.kernel,
            stride: one.stride,
            padding: 'valid',
            groups: 1,
            bias: false,
          },
          [down.shape],
        );
        if (typeof up === 'string') throw new Error(up);
        for (const axis of [0, 1] as const) {
          const rest = (one.input[axis] - one.kernel[axis]) % one.stride[axis];
          expect(up.shape[axis]).toBe(one.input[axis] - rest);
        }
      }),
    );
  });
});

test('a sum with extension is as large as the largest in each direction', () => {
  const operation: Operation = { kind: 'add', extend: true };
  expect(
    geometryOf(operation, [
      [3, 3, 8],
      [4, 4, 4],
    ]),
  ).toMatchObject({ shape: [4, 4, 8] });
});
