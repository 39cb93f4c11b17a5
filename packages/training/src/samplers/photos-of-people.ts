import { FaceError } from '@kith/core';

/** The rows of each person of whom there are photos enough for a batch. */
export interface PhotosOfPeople {
  readonly rowsOf: ReadonlyMap<number, readonly number[]>;
  /** Labels, ascending. */
  readonly usable: readonly number[];
}

export interface PhotosWanted {
  /** Person of each row of the data set. Shape `[rows]`. */
  readonly labels: ArrayLike<number>;
  /** P: different people in a batch, at least 2. */
  readonly people: number;
  /** K: photos of each of them, at least 2. */
  readonly photosPerPerson: number;
  /** Also take people who have fewer than K photos, two at least, and repeat their photos. */
  readonly repeatPhotos?: boolean;
}

/**
 * Find the people of whom a batch can be made.
 *
 * @throws {FaceError} `TRAINING_DATA_UNFIT` when fewer than P people have photos enough; `USAGE` when P or K is below 2.
 */
export function photosOfPeople({
  labels,
  people,
  photosPerPerson,
  repeatPhotos = false,
}: PhotosWanted): PhotosOfPeople {
  for (const [name, value] of Object.entries({ people, photosPerPerson })) {
    if (!Number.isInteger(value) || value < 2) {
      throw new FaceError('USAGE', `${name} is a whole number of at least 2, got ${value}.`);
    }
  }
  const rowsOf = rowsByLabel(labels);
  const least = repeatPhotos ? 2 : photosPerPerson;
  const usable = [...rowsOf.keys()].filter((label) => rowsOf.get(label)!.length >= least).sort((a, b) => a - b);
  if (usable.length < people) {
    const single = [...rowsOf.values()].filter((rows) => rows.length === 1).length;
    const got = `got ${usable.length} of ${rowsOf.size} people, ${single} of whom have one photo only`;
    const expected = `A batch takes ${people} people of at least ${least} photos each`;
    throw new FaceError('TRAINING_DATA_UNFIT', `${expected}; ${got}.`);
  }
  return { rowsOf, usable };
}

function rowsByLabel(labels: ArrayLike<number>): Map<number, number[]> {
  const rowsOf = new Map<number, number[]>();
  for (let row = 0; row < labels.length; row++) {
    const known = rowsOf.get(labels[row]!);
    if (known) known.push(row);
    else rowsOf.set(labels[row]!, [row]);
  }
  return rowsOf;
}
