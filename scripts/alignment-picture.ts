// Draws docs/alignment.png, the README's picture of DeepFace's alignment: a drawn person, turned, as `kith align --steps` draws any photo.
// node --conditions=kith-source --import tsx scripts/alignment-picture.ts, after `npm run setup`.
import { writeFile } from 'node:fs/promises';
import { alignmentSteps, drawAlignmentSteps, openRecognizer } from '@kith/pipeline';
import sharp from 'sharp';
import { syntheticFace } from '../datasets/synthetic-face.ts';

const overrides = { yawDegrees: 18, rollDegrees: 8, grain: 0 };
const image = syntheticFace({ identity: 11, view: 3, size: 480, overrides });
const recognizer = await openRecognizer();
const face = await recognizer.align(image);
const steps = await alignmentSteps(image, face, { locate: recognizer.model.locate });
// 256 colours are enough to look at, and a quarter of the bytes
const picture = sharp(await drawAlignmentSteps(image, face, steps)).png({ palette: true, effort: 10 });
await writeFile(new URL('../docs/alignment.png', import.meta.url), await picture.toBuffer());
await recognizer.close();
