import { expect, test } from 'vitest';
import { dlibTeaches, facenetTeaches } from '../recipes/distillation.ts';
import { teacherWays } from './teacher-ways.ts';
import { tripletWays } from './triplet-ways.ts';
import { type PhaseRun, settingsOf, type Way } from './way.ts';

const ways = [...tripletWays, ...teacherWays];
const phasesOf = ({ warmUp, own }: Way): readonly PhaseRun[] => (warmUp ? [warmUp, own] : [own]);

test('ways have names, settings and folders of their own', () => {
  expect(new Set(ways.map(({ name }) => name)).size).toBe(ways.length);
  const folders = ways.flatMap(phasesOf).map(({ folder }) => folder);
  expect(new Set(folders).size).toBe(folders.length);
  for (const folder of folders) expect(folder).toMatch(/^[\w-]+$/);
  const told = ways.map((way) => {
    const { phases, ...settings } = settingsOf(way);
    return JSON.stringify({ ...settings, phases: phases.map(({ folder: _, ...phase }) => phase) });
  });
  expect(new Set(told).size).toBe(ways.length);
});

test.each([
  ['triplets', tripletWays],
  ['teachers', teacherWays],
])('all ways of %s see as many faces', (_, table) => {
  const budgets = table.map((way) => phasesOf(way).reduce((sum, { phase }) => sum + phase.solver.faces, 0));
  expect(new Set(budgets).size).toBe(1);
});

test('each teacher and both teach on clean faces and on views of them', () => {
  const [dlib, facenet] = [dlibTeaches.name, facenetTeaches.name];
  const got = teacherWays.map(({ recipe: { teachers, views } }) => {
    return [views!.viewsPerFace > 1, ...teachers.map(({ name }) => name)].join(' ');
  });
  const expected = [[dlib], [facenet], [dlib, facenet]].flatMap((who) => {
    return [false, true].map((isAugmented) => [isAugmented, ...who].join(' '));
  });
  expect(new Set(got)).toEqual(new Set(expected));
  expect(got).toHaveLength(expected.length);
});

test('settings tell what a way has', () => {
  const told = new Map(ways.map((way) => [way.name, settingsOf(way)]));
  expect(told.get('semi-hard')).toMatchObject({
    ...{ dimension: 128, isUnit: true, teachers: [] },
    phases: [{ folder: 'semi-hard', objective: { miner: 'semiHard' }, batch: { kind: 'people', people: 32 } }],
  });
  expect(told.get('without L2')).toMatchObject({ dimension: 128, isUnit: false });
  expect(told.get('512 dimensions')).toMatchObject({ dimension: 512, isUnit: true });
  expect(told.get('with warm-up')!.phases).toMatchObject([
    { objective: { kind: 'cosFace' } },
    { folder: 'with-warm-up' },
  ]);
  expect(told.get('both, augmented faces')).toMatchObject({
    teachers: [dlibTeaches, facenetTeaches],
    views: { viewsPerFace: 2 },
  });
});
