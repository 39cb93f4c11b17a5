import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseImageList } from './image-list.ts';

test('a list of paths and people is read line by line, by tab or by space', () => {
  const text = 'Bo/a b.jpg\tBo Bo\r\nAl/1.PNG Al\nAl/2.webp   Al\n\n';
  expect(parseImageList(text)).toEqual([
    { path: 'Bo/a b.jpg', person: 'Bo Bo', line: 1 },
    { path: 'Al/1.PNG', person: 'Al', line: 2 },
    { path: 'Al/2.webp', person: 'Al', line: 3 },
  ]);
  expect(parseImageList('\n')).toEqual([]);
});

test("LFW's lists of people name the images 1 to n of each, with folds or without", () => {
  const al = [1, 2].map((number) => ({ path: `Al_A/Al_A_000${number}.jpg`, person: 'Al_A' }));
  const bo = { path: 'Bo/Bo_0001.jpg', person: 'Bo' };
  expect(parseImageList('2\nAl_A\t2\nBo\t1\n')).toEqual([
    { ...al[0], line: 2 },
    { ...al[1], line: 2 },
    { ...bo, line: 3 },
  ]);
  expect(parseImageList('2\n1\nBo\t1\n1\nAl_A\t2')).toEqual([
    { ...bo, line: 3 },
    { ...al[0], line: 5 },
    { ...al[1], line: 5 },
  ]);
});

test('whatever people a list has, what is written is what is read', () => {
  const name = fc.stringMatching(/^[A-Za-z][A-Za-z_-]{0,8}$/);
  const people = fc.uniqueArray(fc.tuple(name, fc.integer({ min: 1, max: 5 })), {
    selector: ([who]) => who,
    minLength: 1,
  });
  fc.assert(
    fc.property(people, (counts) => {
      const text = [counts.length, ...counts.map(([who, count]) => `${who}\t${count}`)].join('\n');
      const expected = counts.flatMap(([who, count]) => Array<string>(count).fill(who));
      const images = parseImageList(text);
      expect(images.map(({ person }) => person)).toEqual(expected);
      const byPath = images.map(({ path, person }) => `${path}\t${person}`).join('\n');
      const again = parseImageList(byPath);
      expect(again.map(({ path, person }) => [path, person])).toEqual(images.map(({ path, person }) => [path, person]));
    }),
  );
});

test.each([
  ['a.jpg Al\nb.jpg', 2, 'expected "path <tab> person"'],
  ['a.jpg Al Al', 1, 'put a tab between'],
  ['a.jpg\tAl\tmore', 1, 'expected "path <tab> person"'],
  ['a.jpg\t', 1, 'expected "path <tab> person"'],
  ['\n\na.jpg\tAl', 1, 'got ""'],
  ['Al\t3', 1, 'with the path of an image'],
  ['a.jpg Al\nb.jpg Al\na.jpg Bo', 3, 'the image of line 1 again'],
  ['../a.jpg Al', 1, 'leads out'],
  ['Al/..\\..\\a.jpg Al', 1, 'leads out'],
  ['/etc/a.jpg Al', 1, 'leads out'],
  ['c:\\a.jpg Al', 1, 'leads out'],
  ['2\nAl\t1', 1, '2 people are promised, got 1'],
  ['1\nAl\t1\nBo\t1', 3, 'more lines than'],
  ['2\n1\nAl\t1\nBo\t1', 4, 'expected how many people fold 2'],
  ['2\n1\nAl\t1', 4, 'expected how many people fold 2'],
  ['2\nAl\t1\nAl\t2', 3, 'the person of line 2 again'],
  ['1\nAl\t0', 2, 'expected "name <tab> images"'],
  ['1\nAl\t99999999', 2, 'expected "name <tab> images"'],
  ['1\n../Al\t1', 2, "cannot be a person's folder"],
  ['1\n..\t1', 2, "cannot be a person's folder"],
])('%j is refused at line %i', (text, line, what) => {
  const refused = () => parseImageList(text, { file: 'list.txt' });
  expect(refused).toThrow(expect.objectContaining({ code: 'PAIRS_MALFORMED' }));
  expect(refused).toThrow(`list.txt:${line}: `);
  expect(refused).toThrow(what);
});
