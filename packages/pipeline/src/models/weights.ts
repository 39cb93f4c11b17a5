import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FaceError } from '@kith/core';

/** A weight file that an npm package brings, as it was when kith was measured with it. */
export interface WeightFile {
  readonly file: string;
  readonly sha256: string;
}

/** The folder of face-api's weights, inside its npm package. */
export function faceApiWeightFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'model');
}

/** @throws {FaceError} `WEIGHTS_CHECKSUM` when a file is missing or altered. */
export async function checkWeights(folder: string, files: readonly WeightFile[]): Promise<void> {
  await Promise.all(
    files.map(async ({ file, sha256 }) => {
      const bytes = await readFile(join(folder, file)).catch((cause: unknown) => {
        throw new FaceError('WEIGHTS_CHECKSUM', `Cannot read the weights ${file} in ${folder}. Run \`npm ci\` again.`, {
          cause,
        });
      });
      const got = createHash('sha256').update(bytes).digest('hex');
      if (got !== sha256) {
        throw new FaceError(
          'WEIGHTS_CHECKSUM',
          `The weights ${file} are not the published ones: expected sha256 ${sha256}, got ${got}.`,
        );
      }
    }),
  );
}
