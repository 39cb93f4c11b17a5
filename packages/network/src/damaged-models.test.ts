import { FaceError } from '@kith/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layOut } from './graph.ts';
import { assertWeightsFit, initialWeights, type Network, parameters, type WeightTensor, zoo } from './index.ts';
import type { Layer, Step } from './operation.ts';
import { formatShape } from './shape.ts';

/** What a damaged model is refused with; anything but a {@link FaceError}, silence too, fails the test. */
function refusal(act: () => unknown): { readonly code: string; readonly message: string } {
  try {
    act();
  } catch (error) {
    if (error instanceof FaceError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('expected a refusal, got none');
}

interface Place {
  readonly name: string;
  readonly step: Step;
  /** The table with the step replaced. */
  readonly replace: (step: Step) => Network;
}

/** Every single operation of a table, however deep in blocks it lies. */
function placesOf(table: Network): readonly Place[] {
  const inList = (
    list: readonly Layer[],
    scope: string,
    rebuild: (layers: readonly Layer[]) => Network,
  ): readonly Place[] => list.flatMap((layer, i) => inLayer(layer, scope, (changed) => rebuild(list.with(i, changed))));
  const inLayer = (layer: Layer, scope: string, rebuild: (layer: Layer) => Network): readonly Place[] => {
    const name = [scope, layer.name].filter((part) => part !== '').join('/');
    if ('operation' in layer) return [{ name, step: layer, replace: rebuild }];
    if ('layers' in layer) return inList(layer.layers, name, (layers) => rebuild({ ...layer, layers }));
    return layer.branches.flatMap((branch, i) =>
      inList(branch, name, (changed) => rebuild({ ...layer, branches: layer.branches.with(i, changed) })),
    );
  };
  return inList(table.rows, '', (rows) => ({ ...table, rows }));
}

const places = zoo.map((table) => ({ table, places: placesOf(table) }));
const somewhere = (wanted: (step: Step) => boolean) =>
  fc
    .constantFrom(...places)
    .map(({ table, places: all }) => ({ table, fitting: all.filter(({ step }) => wanted(step)) }))
    .filter(({ fitting }) => fitting.length > 0)
    .chain(({ table, fitting }) => fc.record({ table: fc.constant(table), place: fc.constantFrom(...fitting) }));

describe('a table of the zoo, damaged anywhere, is refused and the layer named', () => {
  test('a window larger than its maps', () => {
    fc.assert(
      fc.property(
        somewhere(({ operation }) => 'kernel' in operation),
        ({ table, place: { name, step, replace } }) => {
          const node = layOut(table).nodes.find((each) => each.name === name)!;
          const operation = { ...step.operation, kernel: [1000, 1000], padding: 'valid' } as Step['operation'];
          expect(refusal(() => layOut(replace({ ...step, operation })))).toEqual({
            code: 'NETWORK_INVALID',
            message:
              `${table.name}: layer ${name} (${operation.kind}) needs maps at least as large as its kernel, ` +
              `got ${formatShape(node.inputShapes[0]!)}.`,
          });
        },
      ),
    );
  });

  test('kernels and strides that are not whole px', () => {
    const sizes = fc.constantFrom(0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY);
    const sides = fc.constantFrom('kernel', 'stride');
    fc.assert(
      fc.property(
        somewhere(({ operation }) => 'kernel' in operation),
        sizes,
        sides,
        ({ table, place: { name, step, replace } }, size, side) => {
          const operation = { ...step.operation, [side]: [1, size] } as Step['operation'];
          const { code, message } = refusal(() => layOut(replace({ ...step, operation })));
          expect(code).toBe('NETWORK_INVALID');
          expect(message).toContain(`${table.name}: layer ${name} (${operation.kind}) needs kernels and strides`);
        },
      ),
    );
  });

  test('groups that do not divide the channels', () => {
    fc.assert(
      fc.property(
        somewhere(({ operation }) => operation.kind === 'conv' || operation.kind === 'channelShuffle'),
        ({ table, place: { name, step, replace } }) => {
          const operation = { ...step.operation, groups: 9973 } as Step['operation'];
          const { code, message } = refusal(() => layOut(replace({ ...step, operation })));
          expect(code).toBe('NETWORK_INVALID');
          expect(message).toContain(
            `${table.name}: layer ${name} (${operation.kind}) needs channels that 9973 groups divide, got `,
          );
        },
      ),
    );
  });

  test('a layer that reads one that is not there', () => {
    fc.assert(
      fc.property(
        somewhere(() => true),
        ({ table, place: { name, step, replace } }) => {
          expect(refusal(() => layOut(replace({ ...step, from: ['nobody'] })))).toEqual({
            code: 'NETWORK_INVALID',
            message: `${table.name}: layer ${name} reads a layer "nobody", which does not come before it.`,
          });
        },
      ),
    );
  });

  test('any row twice', () => {
    const rows = fc
      .constantFrom(...zoo)
      .chain((table) => fc.record({ table: fc.constant(table), at: fc.nat({ max: table.rows.length - 1 }) }));
    fc.assert(
      fc.property(rows, ({ table, at }) => {
        // read the input of the row itself, so that only its name is wrong
        const from = at === 0 ? 'input' : table.rows[at - 1]!.name;
        const again = { ...table.rows[at]!, from: [from] };
        const twice = { ...table, rows: [...table.rows.slice(0, at + 1), again, ...table.rows.slice(at + 1)] };
        const { code, message } = refusal(() => layOut(twice));
        expect(code).toBe('NETWORK_INVALID');
        expect(message).toMatch(
          new RegExp(`^${table.name}: layer ${table.rows[at]!.name}\\b.* has the name of another layer`),
        );
      }),
    );
  });
});

describe('weights of the zoo, damaged anywhere, are refused and the tensor named', () => {
  // the largest are left out for time; the check is one for all tables
  const small = zoo.filter(({ name }) => /^(nin|squeezenet|mobilefacenet|shufflenet)/.test(name));
  const models = small.map((table) => ({ table, whole: initialWeights(table), wanted: parameters(layOut(table)) }));
  const somewhereIn = fc
    .constantFrom(...models)
    .chain(({ table, whole, wanted }) =>
      fc.record({ table: fc.constant(table), whole: fc.constant(whole), parameter: fc.constantFrom(...wanted) }),
    );
  const changed = (whole: ReadonlyMap<string, WeightTensor>, name: string, tensor: WeightTensor | undefined) => {
    const weights = new Map(whole);
    if (tensor) weights.set(name, tensor);
    else weights.delete(name);
    return weights;
  };

  test('those that fit are not', () => {
    for (const { table, whole } of models) expect(() => assertWeightsFit(table, whole)).not.toThrow();
  });

  test('a tensor that is missing', () => {
    fc.assert(
      fc.property(somewhereIn, ({ table, whole, parameter: { name } }) => {
        expect(refusal(() => assertWeightsFit(table, changed(whole, name, undefined)))).toEqual({
          code: 'WEIGHTS_MISMATCH',
          message: `${table.name} needs ${name}, which the weights lack.`,
        });
      }),
    );
  });

  test('a tensor too many', () => {
    fc.assert(
      fc.property(somewhereIn, fc.string({ minLength: 1 }), ({ table, whole, parameter }, more) => {
        const name = `${parameter.name}/${more}`;
        expect(refusal(() => assertWeightsFit(table, changed(whole, name, whole.get(parameter.name))))).toEqual({
          code: 'WEIGHTS_MISMATCH',
          message: `${table.name} has no ${name}, which the weights bring.`,
        });
      }),
    );
  });

  test('another shape', () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 5 });
    fc.assert(
      fc.property(somewhereIn, shapes, ({ table, whole, parameter }, shape) => {
        fc.pre(formatShape(shape) !== formatShape(parameter.shape));
        const { data } = whole.get(parameter.name)!;
        expect(refusal(() => assertWeightsFit(table, changed(whole, parameter.name, { shape, data })))).toEqual({
          code: 'WEIGHTS_MISMATCH',
          message:
            `${table.name}: ${parameter.name} is ${formatShape(shape)}, ` + `expected ${formatShape(parameter.shape)}.`,
        });
      }),
    );
  });

  test('fewer or more numbers than the shape has', () => {
    const off = fc.integer({ min: -20, max: 20 }).filter((by) => by !== 0);
    fc.assert(
      fc.property(somewhereIn, off, ({ table, whole, parameter: { name } }, by) => {
        const { shape, data } = whole.get(name)!;
        const length = Math.max(0, data.length + by);
        const tensor = { shape, data: new Float32Array(length) };
        expect(refusal(() => assertWeightsFit(table, changed(whole, name, tensor)))).toEqual({
          code: 'WEIGHTS_MISMATCH',
          message: `${table.name}: ${name} has ${length} numbers, expected ${data.length} for ${formatShape(shape)}.`,
        });
      }),
    );
  });

  test('one number that is not finite', () => {
    const values = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    fc.assert(
      fc.property(somewhereIn, values, fc.nat(), ({ table, whole, parameter: { name } }, value, place) => {
        const { shape, data } = whole.get(name)!;
        const at = place % data.length;
        const tensor = { shape, data: data.with(at, value) };
        expect(refusal(() => assertWeightsFit(table, changed(whole, name, tensor)))).toEqual({
          code: 'WEIGHTS_NOT_FINITE',
          message: `${table.name}: ${name} holds ${value} at ${at}, expected finite numbers.`,
        });
      }),
    );
  });
});
