import { readFileSync } from 'node:fs';

export interface NamedImage {
  readonly person: string;
  readonly number: number;
}

/** Each image that pair files name, once. Lines that name no pair, the heads, are passed over. */
export function namedImages(pairFiles: readonly string[]): NamedImage[] {
  const images = new Map<string, NamedImage>();
  const add = (person = '', number = '') => images.set(`${person}/${number}`, { person, number: Number(number) });
  for (const file of pairFiles) {
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const fields = line.trim().split('\t');
      if (fields.length === 3) {
        add(fields[0], fields[1]);
        add(fields[0], fields[2]);
      } else if (fields.length === 4) {
        add(fields[0], fields[1]);
        add(fields[2], fields[3]);
      }
    }
  }
  return [...images.values()];
}
