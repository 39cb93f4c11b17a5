import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  isCorrect,
  lfwImagePath,
  type Picture,
  renderLfwPage,
  summarizeLfw,
  thresholdOfPair,
  type WrongPair,
} from '@kith/evaluation';
import type { Evaluation } from './evaluate-list.ts';

/** Wrong pairs shown of each kind, and images without a face. */
const shown = { pairs: 12, failures: 60 };

/** Write `report.json` and `report.html` into a folder. */
export async function writeReport(folder: string, evaluation: Evaluation): Promise<void> {
  const { report, pairs } = evaluation;
  const wrongPairs = worstPairs(evaluation);
  const paths = [
    ...wrongPairs.flatMap(({ pair }) => [lfwImagePath(pair.one), lfwImagePath(pair.other)]),
    ...report.failedImages.slice(0, shown.failures),
  ];
  const pictures = new Map<string, Picture>();
  for (const path of new Set(paths)) pictures.set(path, await readPicture(evaluation, path));
  await mkdir(folder, { recursive: true });
  // the table's figures first, so that both forms of the answer begin alike
  const json = { ...summarizeLfw(report), details: report };
  await writeFile(join(folder, 'report.json'), `${JSON.stringify(json, undefined, 2)}\n`);
  await writeFile(join(folder, 'report.html'), renderLfwPage(report, { pairs, wrongPairs, pictures }));
}

/** The pairs decided wrongly although both faces were found, farthest beyond their threshold first, a few of each kind. */
function worstPairs({ report, pairs }: Evaluation): readonly WrongPair[] {
  const wrong = pairs
    .map((pair) => ({ pair, threshold: thresholdOfPair(report.result, pair) }))
    .filter(({ pair, threshold }) => pair.distance !== undefined && !isCorrect(pair, threshold));
  const beyond = ({ pair, threshold }: WrongPair) => Math.abs(pair.distance! - threshold);
  wrong.sort((one, other) => beyond(other) - beyond(one));
  return [true, false].flatMap((same) => wrong.filter(({ pair }) => pair.same === same).slice(0, shown.pairs));
}

async function readPicture({ folder, photos }: Evaluation, path: string): Promise<Picture> {
  const { width, height, face } = photos.get(path)!;
  return { jpeg: await readFile(join(folder, path)), width, height, ...(face ? { box: face.box } : {}) };
}
