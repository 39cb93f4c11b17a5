import { expect, test } from 'vitest';
import { dlibTeaches, facenetTeaches } from '../recipes/distillation.ts';
import { teacherWays } from './teacher-ways.ts';
import { tripletWays } from './triplet-ways.ts';
import { type PhaseRun, settingsOf, type Way } from './way.ts';

const ways = [...tripletWays, ...teacherWays];
const phasesOf = ({ shared, own }: Way): readonly PhaseRun[] => (shared ? [shared, own] : [own]);

test('ways have names, settings and folders of their own', () => {
  expect(new Set(ways.map(({ name }) => name)).size).toBe(ways.length);
  const shared = new Set(ways.flatMap((way) => (way.shared ? [way.shared.folder] : [])));
  expect(new Set([...shared, ...ways.map(({ own }) => own.folder)]).size).toBe(shared.size + ways.length);
  for (const way of ways) for (const { folder } of phasesOf(way)) expect(folder).toMatch(/^[\w-]+$/);
  const told = ways.map((way) => {
    const { phases, ...settings } = settingsOf(way);
    return JSON.stringify({ ...settings, phases: phases.map(({ folder: _, ...phase }) => phase) });
  });
  expect(new Set(told).size).toBe(ways.length);
});

test('ways that share a folder train the same there', () => {
  const firstIn = new Map<string, Way>();
  for (const way of ways) {
    if (!way.shared) continue;
    const first = firstIn.get(way.shared.folder);
    if (!first) firstIn.set(way.shared.folder, way);
    else expect([way.recipe, way.shared]).toEqual([first.recipe, first.shared]);
  }
  expect(firstIn.size).toBeGreaterThan(1);
  expect(firstIn.size).toBeLessThan(tripletWays.length);
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
    phases: [
      { folder: 'warm-up-128', objective: { kind: 'cosFace' } },
      { folder: 'semi-hard', objective: { miner: 'semiHard' }, batch: { kind: 'people', people: 32 } },
    ],
  });
  expect(told.get('without L2')).toMatchObject({ dimension: 128, isUnit: false });
  expect(told.get('512 dimensions')).toMatchObject({ dimension: 512, isUnit: true });
  expect(told.get('without warm-up')!.phases).toHaveLength(1);
  expect(told.get('both, augmented faces')).toMatchObject({
    teachers: [dlibTeaches, facenetTeaches],
    views: { viewsPerFace: 2 },
  });
});
