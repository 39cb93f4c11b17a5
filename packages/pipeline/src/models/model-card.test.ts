import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { accuracyText, describeModel, millisecondsText, modelFigures, modelNames } from './index.ts';
import { readModelCard } from './model-card.ts';

const root = new URL('../../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const results = read('RESULTS.md');

interface Cell {
  readonly row: string;
  readonly column: string;
  readonly text: string;
}

/** All cells of a text's tables, without marks of emphasis and code. */
function cellsOf(markdown: string): readonly Cell[] {
  const cells: Cell[] = [];
  let heads: readonly string[] | undefined;
  for (const line of markdown.split('\n')) {
    if (!line.startsWith('|')) {
      heads = undefined;
      continue;
    }
    const [row = '', ...texts] = line
      .replace(/[*`]/g, '')
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    heads ??= texts;
    texts.forEach((text, i) => {
      cells.push({ row, column: heads![i] ?? '', text });
    });
  }
  return cells;
}

/** Whether a text names something whole: `dlib-resnet` is not in `dlib-resnet-int8`. */
const names = (text: string, name: string) =>
  new RegExp(`(?<![\\w.-])${name.replaceAll('.', '\\.')}(?![\\w-]|\\.\\w)`).test(text);

/** What tables say of a name in its rows and its columns, about one measure where it is given, as one text. */
function saidOf(name: string, markdown: string, { about = '' }: { readonly about?: string } = {}): string {
  const said = cellsOf(markdown).filter(({ row, column }) => {
    return (names(row, name) || names(column, name)) && `${row} ${column}`.includes(about);
  });
  return said.map(({ text }) => text).join(' | ');
}

/** As RESULTS.md writes the shares of false accepts. */
const powers: Readonly<Record<string, string>> = { '0.01': '1e-2', '0.001': '1e-3' };

const sectionOf = (start: string) => results.split(/\n(?=## )/).find((section) => section.startsWith(start)) ?? '';

const aDate = expect.stringMatching(/^\d{4}-\d\d-\d\d$/);

const cards = readdirSync(new URL('packages/pipeline/assets', root)).filter((file) => file.endsWith('.card.json'));

test('every model has a card, and every card a model', () => {
  expect(cards.map((file) => file.replace('.card.json', '')).sort()).toEqual([...modelNames].sort());
});

test('a card that is not there is told', async () => {
  await expect(readModelCard('none')).rejects.toMatchObject({
    code: 'WEIGHTS_CHECKSUM',
    message: expect.stringContaining('none'),
  });
});

describe.each(modelNames)('the card of %s', (name) => {
  test('has its fields, and shares where shares belong', async () => {
    const { lfw, speed, teachers, ...card } = await readModelCard(name);
    const text = expect.stringMatching(/\S/);
    expect(card).toEqual({ name, summary: text, licence: text, from: text, data: text });
    expect(teachers).toEqual(teachers.map(() => text));
    if (lfw) {
      const { accuracy, standardError, tarAtFar, ...counts } = lfw;
      for (const share of [accuracy, standardError, ...Object.values(tarAtFar)]) {
        expect(share).toBeGreaterThan(0);
        expect(share).toBeLessThan(1);
      }
      for (const far of Object.keys(tarAtFar)) expect(Object.keys(powers)).toContain(far);
      const whole = expect.any(Number);
      expect(counts).toEqual({ images: whole, imagesWithoutFace: whole, command: text, date: aDate });
    }
    if (speed) {
      expect(speed).toEqual({
        ...speed,
        ...{ millisecondsPerRun: expect.any(Number), runsPerFace: expect.any(Number), threads: expect.any(Number) },
        ...{ runtime: text, command: text, date: aDate },
      });
    }
  });

  test('has the figures of RESULTS.md', async () => {
    const { lfw, speed } = await readModelCard(name);
    if (lfw) {
      const tars = Object.entries(lfw.tarAtFar).map(
        ([far, tar]) => [`TAR@FAR ${powers[far]}`, tar.toFixed(4)] as const,
      );
      for (const [about, figure] of [['accuracy', accuracyText(lfw)!], ...tars] as const) {
        const said = saidOf(name, sectionOf('## LFW, View 2'), { about });
        expect(names(said, figure), `${figure} in ${said}`).toBe(true);
      }
    }
    if (speed) {
      const { network } = await describeModel(name);
      const said = `${saidOf(name, results)} | ${saidOf(network, results)}`;
      const figure = millisecondsText(speed)!;
      expect(names(said, figure), `${figure} in ${said}`).toBe(true);
    }
  });

  test('is told at length in docs/models, with the same figures', async () => {
    const entry = await describeModel(name);
    const path = `docs/models/${name}.md`;
    expect(existsSync(new URL(path, root))).toBe(true);
    const page = read(path);
    const told = cellsOf(page).map(({ row, text }) => [row, text]);
    for (const figure of modelFigures(entry)) expect(told).toContainEqual([...figure]);
    for (const heading of ['Data', 'Reproduce', 'Limits', 'Licence']) expect(page).toContain(`\n## ${heading}\n`);
    expect(page).toContain(entry.licence);
    expect(names(read('docs/models/README.md'), `${name}.md`)).toBe(true);
  });
});
