import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { decodeImage, openRecognizer } from '../../packages/pipeline/dist/index.js';
import { benchPhotos } from './photos.mjs';

const require = createRequire(import.meta.url);

/** Add the milliseconds of a step to a tally, and give its result on. */
async function timed(tally, stage, step) {
  const began = performance.now();
  const result = await step();
  tally[stage] = (tally[stage] ?? 0) + performance.now() - began;
  return result;
}

/** kith, stage by stage, as its recogniser composes them. */
async function kithFaces(recognizer, bytes, tally) {
  const { model } = recognizer;
  const image = await timed(tally, 'decode', () => decodeImage(bytes));
  const found = await timed(tally, 'detect', () => model.detect(image));
  const aligned = [];
  for (const { box } of found) {
    const landmarks = await timed(tally, 'landmarks', () => model.locate(image, box));
    aligned.push(await timed(tally, 'align', () => model.align(image, landmarks)));
  }
  const embeddings = await timed(tally, 'embed', () => model.embed(aligned));
  return embeddings.length;
}

/** face-api, called as its README says for tfjs-node. */
async function faceApiFaces(faceApi, tf, bytes, tally) {
  const options = new faceApi.SsdMobilenetv1Options({ minConfidence: 0.5 });
  const tensor = await timed(tally, 'decode', () => tf.node.decodeImage(bytes, 3));
  const all = await timed(tally, 'all', () =>
    faceApi.detectAllFaces(tensor, options).withFaceLandmarks().withFaceDescriptors(),
  );
  await timed(tally, 'detect', () => faceApi.detectAllFaces(tensor, options));
  await timed(tally, 'detect+landmarks', () => faceApi.detectAllFaces(tensor, options).withFaceLandmarks());
  tensor.dispose();
  return all.length;
}

const sum = (tally, stages) => stages.reduce((total, stage) => total + (tally[stage] ?? 0), 0);

/**
 * Time kith and face-api on the same photos in turn, in one process and on one backend.
 *
 * @returns {Promise<string>} The table.
 */
export async function benchPipeline({ rounds = 3, photosForMemory = 2000 } = {}) {
  const recognizer = await openRecognizer();
  const tf = require('@tensorflow/tfjs-node');
  const faceApi = require('@vladmandic/face-api/dist/face-api.node.js');
  const photos = benchPhotos();
  for (const { bytes } of photos.slice(0, 8)) {
    await kithFaces(recognizer, bytes, {});
    await faceApiFaces(faceApi, tf, bytes, {});
  }
  const [ours, theirs] = [{}, {}];
  const faces = { kith: 0, faceApi: 0 };
  const left = { kith: 0, faceApi: 0 };
  for (let round = 0; round < rounds; round++) {
    for (const { bytes } of photos) {
      const start = tf.memory().numTensors;
      faces.kith += await kithFaces(recognizer, bytes, ours);
      const between = tf.memory().numTensors;
      faces.faceApi += await faceApiFaces(faceApi, tf, bytes, theirs);
      left.kith += between - start;
      left.faceApi += tf.memory().numTensors - between;
    }
  }
  const calls = rounds * photos.length;
  const row = (name, one, other) => {
    const [a, b] = [one / calls, other / calls];
    return `${name.padEnd(22)}${a.toFixed(1).padStart(9)}${b.toFixed(1).padStart(11)}${(b / a).toFixed(2).padStart(9)}`;
  };
  const detect = theirs.detect;
  const table = [
    `${photos.length} photos × ${rounds}, milliseconds a photo`,
    `${''.padEnd(22)}${'kith'.padStart(9)}${'face-api'.padStart(11)}${'ratio'.padStart(9)}`,
    row('decode', ours.decode, theirs.decode),
    row('detect', ours.detect, detect),
    row('landmarks', ours.landmarks, Math.max(0, theirs['detect+landmarks'] - detect)),
    row('align and embed', sum(ours, ['align', 'embed']), Math.max(0, theirs.all - theirs['detect+landmarks'])),
    row('end to end', sum(ours, ['decode', 'detect', 'landmarks', 'align', 'embed']), theirs.decode + theirs.all),
    `${'faces found'.padEnd(22)}${String(faces.kith / rounds).padStart(9)}${String(faces.faceApi / rounds).padStart(11)}`,
    `${'tensors left behind'.padEnd(22)}${String(left.kith).padStart(9)}${String(left.faceApi).padStart(11)}`,
    '',
    await benchMemory(recognizer, { photos, count: photosForMemory }),
  ];
  recognizer.close();
  return table.join('\n');
}

/** Resident memory over many photos: flat, or growing? */
async function benchMemory(recognizer, { photos, count }) {
  const small = photos.filter(({ bytes }) => bytes.length < 60_000);
  const lines = [`resident memory over ${count} photos`];
  for (let i = 0; i <= count; i++) {
    if (i % Math.ceil(count / 8) === 0) {
      globalThis.gc?.();
      lines.push(`${String(i).padStart(6)} photos ${(process.memoryUsage.rss() / 2 ** 20).toFixed(0).padStart(6)} MiB`);
    }
    await recognizer.faces(small[i % small.length].bytes);
  }
  return lines.join('\n');
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const { values } = parseArgs({
    options: { rounds: { type: 'string', default: '3' }, photos: { type: 'string', default: '2000' } },
  });
  process.stdout.write(
    `${await benchPipeline({ rounds: Number(values.rounds), photosForMemory: Number(values.photos) })}\n`,
  );
}
