import { join } from 'node:path';
import { createRandom, randomInteger } from '@kith/core';
import { lfwImagePath, type PairList } from '@kith/evaluation';
import { readPairs } from '@kith/pipeline/data';
import type { Pack } from '@kith/training/data';

/** Pairs of faces of a pack; −1 where no face was found, which is an error whatever the label. */
export interface JudgedPairs {
  readonly name: string;
  /** Shape `[pairs]`, as are the others. */
  readonly one: Int32Array;
  readonly other: Int32Array;
  readonly isGenuine: Uint8Array;
}

/** The pairs of LFW's lists, as rows of a pack of its faces. */
export async function pairsOfLists(files: readonly string[], pack: Pack): Promise<readonly JudgedPairs[]> {
  const rowOf = new Map(pack.files.map((file, row) => [file, row]));
  const lists = await Promise.all(files.map(readPairs));
  return lists.map((list, i) => pairsOfList(list, { name: files[i]!.replace(/^.*[/\\]/, ''), rowOf }));
}

function pairsOfList(
  { pairs }: PairList,
  { name, rowOf }: { readonly name: string; readonly rowOf: ReadonlyMap<string, number> },
): JudgedPairs {
  return {
    name,
    one: Int32Array.from(pairs, ({ one }) => rowOf.get(lfwImagePath(one)) ?? -1),
    other: Int32Array.from(pairs, ({ other }) => rowOf.get(lfwImagePath(other)) ?? -1),
    isGenuine: Uint8Array.from(pairs, ({ same }) => (same ? 1 : 0)),
  };
}

/** LFW's lists in a folder. */
export const listsOf = (folder: string, names: readonly string[]): readonly string[] =>
  names.map((name) => join(folder, name));

const mostPairs = 2000;

/** Pairs of held-out people: all genuine ones, up to a number, and as many of different people, drawn by a fixed seed. */
export function pairsOfPeople({ labels, count, people }: Pack): readonly JudgedPairs[] {
  const genuine: [number, number][] = [];
  for (let one = 0; one < count; one++) {
    for (let other = one + 1; other < count; other++) if (labels[one] === labels[other]) genuine.push([one, other]);
  }
  const random = createRandom(1);
  const drawn = genuine.length > mostPairs ? genuine.filter(() => random() < mostPairs / genuine.length) : genuine;
  const impostors: [number, number][] = [];
  while (people.length > 1 && impostors.length < drawn.length) {
    const [one, other] = [randomInteger(random, count), randomInteger(random, count)];
    if (labels[one] !== labels[other]) impostors.push([one, other]);
  }
  const all = [...drawn, ...impostors];
  return [
    {
      name: 'held-out people',
      one: Int32Array.from(all, ([one]) => one),
      other: Int32Array.from(all, ([, other]) => other),
      isGenuine: Uint8Array.from(all, (_, i) => (i < drawn.length ? 1 : 0)),
    },
  ];
}
