import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { syntheticFace } from '../../datasets/synthetic-face.ts';

/**
 * Fill a folder with `subjects` folders of `each` photos, all of different bytes. Few faces are drawn, for drawing is slow;
 * the rest are those in other light.
 *
 * @param size - Side of the square photos in px.
 */
export async function writeManyPhotos(
  dir: string,
  {
    subjects,
    each,
    drawn = 8,
    size = 160,
  }: { readonly subjects: number; readonly each: number; readonly drawn?: number; readonly size?: number },
): Promise<void> {
  const faces = Array.from({ length: drawn }, (_, identity) => syntheticFace({ identity, size }));
  for (let s = 0; s < subjects; s++) {
    const folder = join(dir, `subject-${String(s).padStart(3, '0')}`);
    mkdirSync(folder, { recursive: true });
    const { width, height, data } = faces[s % drawn]!;
    for (let i = 0; i < each; i++) {
      const light = 0.85 + (0.3 * (i + Math.floor(s / drawn) * each)) / (each * Math.ceil(subjects / drawn));
      const photo = sharp(data, { raw: { width, height, channels: 3 } })
        .linear(light, 0)
        .jpeg({ quality: 92 });
      writeFileSync(join(folder, `${i}.jpg`), await photo.toBuffer());
    }
  }
}
