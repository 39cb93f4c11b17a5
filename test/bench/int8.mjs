// What 8-bit integers give and cost: each net with what it has learnt, in both forms, side by side.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { alignToHead, alignToTemplate, dlibChip51, facenetHead } from '@kith/alignment';
import { squaredL2 } from '@kith/core';
import * as detection from '@kith/detection';
import * as embedding from '@kith/embedding';
import { allPairs, bestThreshold, lfwImagePath, scoresOf, tarAtFar, toScores } from '@kith/evaluation';
import { exportInt8, exportOnnx } from '@kith/network/onnx';
import { onnxRuntimeNode } from '@kith/network/runtime';
import { readNpyFolder } from '@kith/network/weights';
import { readNetworkWeights } from '@kith/pipeline';
import { timeJobs } from './limit.mjs';
import { formatTable, median, tell } from './table.mjs';
import { view1Faces } from './view1-faces.mjs';

// settings
const calibrationPhotos = 64;
const cosinePhotos = 64;
const batches = [1, 8];
const far = 1e-3;
/** What the largest weight of a channel becomes: as in the file that kith ships. */
const largestWeight = 64;

/** Nets by what they are shown of a photo: `see(session)` gives a function of photos, `embedder` makes that of a recogniser. */
const nets = [
  detector(detection.faceApiTiny(), (session) => detection.tinyDetector(session, { sidePx: session.input[0] })),
  detector(detection.faceApiSsd, (session) => detection.ssdDetector(session)),
  {
    network: detection.faceApiLandmarks,
    see: (session) => {
      const detector = detection.landmarkDetector(session, { looks: 'upright' });
      return ({ image, box }) => detector.locate(image, [box]);
    },
  },
  recogniser(embedding.dlibResnet29, {
    align: (image, landmarks) => alignToTemplate(image, landmarks, { template: dlibChip51() }),
    embedder: (session) => embedding.dlibEmbedder(session, { space: 'bench', views: ['whole', 'wholeMirrored'] }),
  }),
  recogniser(embedding.facenetInceptionResnetV1, {
    align: (image, landmarks) => alignToHead(image, landmarks, { crop: facenetHead }),
    embedder: (session) => embedding.facenetEmbedder(session, { space: 'bench' }),
  }),
];

function detector(network, open) {
  const see = (session) => {
    const opened = open(session);
    return async ({ image }) => (await opened.detect(image))[0]?.box;
  };
  return { network, see, isDetector: true };
}

function recogniser(network, { align, embedder }) {
  const see = (session) => {
    const made = embedder(session);
    return async ({ image, landmarks }) => (await made.embed([align(image, landmarks)]))[0];
  };
  return { network, see, isRecogniser: true };
}

/**
 * Compare each net in 8-bit integers with itself in 32-bit floats: time, file size, how alike the answers are, how often detectors find
 * the same, and what recognisers make of View 1's test list where LFW is there.
 *
 * @param {{ threads: number, rounds: number, images: string, limit?: number }} options `images` is LFW's folder with its pair lists;
 *   `limit` takes a balanced part of the pairs.
 */
export async function benchInt8({ threads, rounds, images, limit }) {
  const runtime = await onnxRuntimeNode({ threads });
  try {
    const photos = await view1Faces(images, { count: calibrationPhotos, limit, threads });
    const rows = [];
    for (const net of nets) {
      const weights = await weightsOf(net.network);
      if (weights === undefined) continue;
      tell(`${net.network.name} in both forms`);
      rows.push(await benchNet(net, { weights, photos, runtime, rounds }));
    }
    return rows;
  } finally {
    await runtime.dispose();
  }
}

async function benchNet(net, { weights, photos, runtime, rounds }) {
  const { network } = net;
  const model = { network, weights };
  const floats = exportOnnx(model);
  const load = (onnx) => runtime.load({ onnx, input: network.input });
  const inFloats = await load(floats);
  const integers = await exportInt8(model, await inputsOf(net, inFloats, photos.calibration), { largestWeight });
  const sessions = [inFloats, await load(integers)];
  const jobs = batches.flatMap((batch) => sessions.map((session) => ({ session, batch, ms: [] })));
  await timeJobs(jobs, rounds);
  const cosines = await cosinesOf(sessions, await inputsOf(net, inFloats, photos.test.slice(0, cosinePhotos)));
  const row = {
    net: network.name,
    times: batches.map((batch, i) => ({ batch, fp32Ms: perInput(jobs[2 * i]), int8Ms: perInput(jobs[2 * i + 1]) })),
    fp32Bytes: floats.length,
    int8Bytes: integers.length,
    cosine: { mean: cosines.reduce((sum, value) => sum + value, 0) / cosines.length, least: Math.min(...cosines) },
  };
  if (net.isDetector) row.sameBox = await shareOfSameBoxes(net, sessions, photos.test.slice(0, cosinePhotos));
  if (net.isRecogniser && photos.pairs !== undefined) {
    row.fp32 = await recognise(net, inFloats, photos);
    row.int8 = await recognise(net, sessions[1], photos);
  }
  await Promise.all(sessions.map((session) => session.dispose()));
  return row;
}

const perInput = ({ ms, batch }) => median(ms) / batch;

/** What a net is given for photos. */
async function inputsOf({ see }, session, photos) {
  const given = [];
  const { input, outputs } = session;
  const look = see({
    input,
    outputs,
    run: (batch) => {
      given.push(batch);
      return session.run(batch);
    },
  });
  for (const photo of photos) await look(photo);
  return given;
}

/** Cosines between what two sessions give for batches: one an output and input. */
async function cosinesOf([one, other], given) {
  const cosines = [];
  for (const batch of given) {
    const [answers, others] = [await one.run(batch), await other.run(batch)];
    answers.forEach((answer, k) => {
      const length = answer.length / batch.count;
      for (let at = 0; at < answer.length; at += length) {
        cosines.push(cosine(answer.subarray(at, at + length), others[k].subarray(at, at + length)));
      }
    });
  }
  return cosines;
}

function cosine(one, other) {
  let [product, ofOne, ofOther] = [0, 0, 0];
  one.forEach((value, i) => {
    product += value * other[i];
    ofOne += value * value;
    ofOther += other[i] * other[i];
  });
  return product / Math.sqrt(ofOne * ofOther);
}

/** Of the photos in which the first session finds a face, the share in which the second's best box is the same by half or more. */
async function shareOfSameBoxes({ see }, sessions, photos) {
  const [look, other] = sessions.map(see);
  let [found, same] = [0, 0];
  for (const photo of photos) {
    const [box, otherBox] = [await look(photo), await other(photo)];
    if (!box) continue;
    found++;
    if (otherBox && overlap(box, otherBox) >= 0.5) same++;
  }
  return same / found;
}

/** Intersection over union, 0–1. */
function overlap(one, other) {
  const area = ({ xMin, yMin, xMax, yMax }) => Math.max(0, xMax - xMin) * Math.max(0, yMax - yMin);
  const common = area({
    xMin: Math.max(one.xMin, other.xMin),
    yMin: Math.max(one.yMin, other.yMin),
    xMax: Math.min(one.xMax, other.xMax),
    yMax: Math.min(one.yMax, other.yMax),
  });
  return common / (area(one) + area(other) - common);
}

/** Accuracy on the pairs, at their own best threshold, and the true accept rate among all pairs of their photos. */
async function recognise({ see }, session, { test, pairs }) {
  const look = see(session);
  const embeddings = new Map();
  for (const photo of test) embeddings.set(photo.path, await look(photo));
  const scored = pairs.map(({ one, other, same }) => {
    const [a, b] = [one, other].map((image) => embeddings.get(lfwImagePath(image)));
    return a && b ? { same, distance: squaredL2(a, b) } : { same };
  });
  const people = [...new Set([...embeddings.keys()].map(personOf))];
  const dimension = embeddings.values().next().value.length;
  const rows = new Float32Array(embeddings.size * dimension);
  [...embeddings.values()].forEach((row, i) => {
    rows.set(row, i * dimension);
  });
  const all = allPairs(
    rows,
    Int32Array.from(embeddings.keys(), (path) => people.indexOf(personOf(path))),
  );
  const { tar } = tarAtFar(toScores(all.genuine.distances, all.impostor.distances), far);
  return { accuracy: bestThreshold(scoresOf(scored)).correct / pairs.length, tar };
}

const personOf = (path) => path.slice(0, path.indexOf('/'));

async function weightsOf(network) {
  if (network !== embedding.facenetInceptionResnetV1) return readNetworkWeights(network);
  const places = process.env.KITH_WEIGHTS ?? fileURLToPath(new URL('../../../shared/weights', import.meta.url));
  const folder = join(places, network.name);
  if (existsSync(folder)) {
    return embedding.facenetWeights(await readNpyFolder(folder, { sha256: embedding.facenetWeightsSha256 }));
  }
  tell(`${network.name} is left out: its weights are not at ${folder}`);
  return undefined;
}

export function formatInt8(rows) {
  const megabytes = (bytes) => (bytes / 1e6).toFixed(2);
  const times = rows.flatMap(({ net, times, fp32Bytes, int8Bytes }) =>
    times.map(({ batch, fp32Ms, int8Ms }) => [
      net,
      batch,
      fp32Ms.toFixed(2),
      int8Ms.toFixed(2),
      (fp32Ms / int8Ms).toFixed(2),
      megabytes(fp32Bytes),
      megabytes(int8Bytes),
    ]),
  );
  const share = (value) => value?.toFixed(4);
  const answers = rows.map(({ net, cosine, sameBox, fp32, int8 }) => [
    net,
    cosine.mean.toFixed(5),
    cosine.least.toFixed(5),
    ...[sameBox, fp32?.accuracy, int8?.accuracy, fp32?.tar, int8?.tar].map(share),
  ]);
  return [
    formatTable(['an input', 'batch', 'fp32 ms', 'int8 ms', 'times faster', 'fp32 MB', 'int8 MB'], times),
    formatTable(
      ['answers', 'cosine', 'least', 'same box', 'accuracy fp32', 'int8', 'TAR@FAR 1e-3 fp32', 'int8'],
      answers,
    ),
  ].join('\n\n');
}
