import { expect, test } from 'vitest';
import { disjointPeople } from './disjoint-people.ts';
import { personOf } from './person-of.ts';

test.each([
  ['F0001_MID1/P00001_face2.jpg', 'F0001_MID1'],
  ['Ann/2019/summer/1.jpg', 'Ann'],
  ['loose.jpg', 'loose.jpg'],
  ['ann/1.jpg', 'ann'],
  ['Zoe\u0308/1.jpg', 'Zo\u00eb'],
  ['Zo\u00eb/1.jpg', 'Zo\u00eb'],
])('%s is a photo of %s', (path, person) => {
  expect(personOf(path)).toBe(person);
});

test('two folders whose names are the same letters are one person', () => {
  const paths = ['Zoe\u0308/1.jpg', 'Zo\u00eb/2.jpg', 'zo\u00eb/1.jpg', 'zo\u00eb/2.jpg', 'loose.jpg'];
  const faces = paths.map((path) => ({ path, embedding: Float32Array.of(1, 0) }));
  const { people, tooFew } = disjointPeople(faces, [], { photoThreshold: 0.1, meanThreshold: 0.1 });
  expect(people.map((person) => [person.name, person.faces.length])).toEqual([
    ['Zo\u00eb', 2],
    ['zo\u00eb', 2],
  ]);
  expect(tooFew).toEqual({ people: 1, faces: 1 });
});
