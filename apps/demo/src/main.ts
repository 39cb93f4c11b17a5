import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { drawDecisions, measured, openGallery } from '@kith/pipeline';
import { rightOf, sectionOf, tellChapter } from './account.ts';
import { drawAlignmentOf } from './alignment.ts';
import { people, turned } from './photos.ts';
import {
  detections,
  enrollEverybody,
  identifications,
  nobodiesAsked,
  strangersAsked,
  verifications,
} from './questions.ts';

// settings
const folder = resolve('demo-output');
const galleryFolder = join(folder, 'gallery');
const picture = join(folder, 'demo.png');
const alignmentPicture = join(folder, 'alignment.png');

// a fresh gallery each time, so that every run decides the same
await rm(galleryFolder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
const gallery = await openGallery(galleryFolder);

console.log(`Enroll one photo of each of ${people.length} people`);
const enrolled = await enrollEverybody(gallery);

const chapters = [
  await tellChapter('Verify, 1:1: their other photos, under their own name and another', verifications(enrolled)),
  await tellChapter('Identify, 1:N: their other photos', identifications(enrolled)),
  await tellChapter('Identify strangers: nobody is to be named', strangersAsked(enrolled)),
  await tellChapter('Identify masks, paintings and drawings: nobody is to be named', nobodiesAsked(enrolled)),
  await tellChapter('Detect the faces of groups', detections(enrolled)),
];
const { model } = gallery;
const recognizer = await gallery.recognizer();
const { measuredOn } = measured(recognizer.model).decisions;
await writeFile(alignmentPicture, await drawAlignmentOf(turned, recognizer));
await gallery.close();

const all = chapters.flatMap(({ answers }) => answers);
const subtitle = `${rightOf(all)} · model ${model} · thresholds measured on ${measuredOn}`;
await writeFile(
  picture,
  await drawDecisions({ title: 'kith: what it decided', subtitle, sections: chapters.map(sectionOf) }),
);

console.log('\nSummary');
for (const { title, answers } of chapters) console.log(`  ${rightOf(answers).padEnd(16)} ${title}`);
console.log(`  ${rightOf(all)} in all; thresholds measured on ${measuredOn}`);
console.log('  audrey.jpg and audrey_crop.jpg are one photograph, cut differently: an easy pair');
console.log(`\nThe picture of it: ${picture}`);
console.log(`DeepFace's alignment of ${turned.file}, step by step: ${alignmentPicture}`);
