import { availableParallelism, cpus } from 'node:os';
import { benchGalleryIndex, formatGalleryIndex } from './gallery-index.mjs';
import { benchPipeline } from './pipeline.mjs';

process.stdout.write(
  `Node ${process.version}, ${availableParallelism()} cores, ${cpus()[0]?.model ?? 'unknown CPU'}\n`,
);
process.stdout.write('\n# From photo to embedding\n\n');
process.stdout.write(`${await benchPipeline()}\n`);
process.stdout.write('\n# Index\n\n');
process.stdout.write(`${formatGalleryIndex(await benchGalleryIndex())}\n`);
