import { initialWeights } from '@kith/network';
import { expect, test } from 'vitest';
import { fineTune } from './recipes/fine-tune.ts';
import { recipeOf } from './recipes/index.ts';
import { chooseStart, type StartOptions } from './start.ts';

const small = recipeOf('kith-small');
const weights = initialWeights(small.network, { seed: 9 });
const few: StartOptions = { people: 10, faces: 60, asked: undefined, shipped: async () => weights };
const many: StartOptions = { ...few, people: 5000, faces: 25_000 };
const without = { shipped: async () => undefined };

test('many people teach a network from nothing', async () => {
  const start = await chooseStart(small, many);
  expect(start).toMatchObject({ name: 'anew', phases: small.phases });
  const [name, { data }] = [...initialWeights(small.network, { seed: small.seed })][0]!;
  expect(start.weights.get(name)!.data).toEqual(data);
});

test('few people fine-tune what comes with kith, and so do many when asked to', async () => {
  for (const options of [few, { ...many, asked: 'shipped' as const }]) {
    const start = await chooseStart(small, options);
    expect(start).toMatchObject({ name: 'shipped', phases: [fineTune] });
    expect(start.weights).toBe(weights);
  }
});

test('where nothing comes with kith few people start from nothing, shortly, and it is said', async () => {
  const start = await chooseStart(small, { ...few, ...without });
  expect(start.name).toBe('anew');
  expect(start.why).toContain('no weights of kith-small come with this kith');
  expect(start.phases.map(({ solver }) => solver.faces)).toEqual([20 * 60 * 8]);
  await expect(chooseStart(small, { ...few, ...without, asked: 'shipped' })).rejects.toMatchObject({ code: 'USAGE' });
});

test('anew is anew, whole', async () => {
  expect(await chooseStart(small, { ...few, asked: 'anew' })).toMatchObject({ name: 'anew', phases: small.phases });
});

test('a recipe that starts with shipped weights keeps its phases where there are people enough', async () => {
  const resnet = recipeOf('kith-resnet');
  expect(await chooseStart(resnet, many)).toMatchObject({ name: 'shipped', phases: resnet.phases });
  expect(await chooseStart(resnet, few)).toMatchObject({ name: 'shipped', phases: [fineTune] });
});
