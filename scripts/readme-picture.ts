// Draws docs/faces.png, the picture of the README: drawn people, found by the real detector.
// node --conditions=kith-source --import tsx scripts/readme-picture.ts, after `npm run setup`.
import { writeFile } from 'node:fs/promises';
import { drawFaces, openRecognizer } from '@kith/pipeline';
import { syntheticGroup } from '../datasets/synthetic-face.ts';

const { image } = syntheticGroup({ identities: [11, 7, 4], view: 3, height: 480 });
const recognizer = await openRecognizer();
await writeFile(new URL('../docs/faces.png', import.meta.url), await drawFaces(image, await recognizer.detect(image)));
recognizer.close();
