// Makes quadrants.heic: red, green / blue, white, 64 × 48 px. Needs heif-enc with x265 (Debian: libheif-examples).
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const folder = fileURLToPath(new URL('.', import.meta.url));
const [width, height] = [64, 48];
const colours = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]];
const data = Buffer.alloc(width * height * 3);
for (let y = 0; y < height; y++)
  for (let x = 0; x < width; x++) data.set(colours[(y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1)], (y * width + x) * 3);
await sharp(data, { raw: { width, height, channels: 3 } }).png().toFile(`${folder}quadrants.png`);
execFileSync('heif-enc', ['-q', '90', '-p', 'chroma=444', '-o', `${folder}quadrants.heic`, `${folder}quadrants.png`]);
rmSync(`${folder}quadrants.png`);
