import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Image } from '@kith/core';
import { dlibResnet29, mirrorImage } from '@kith/embedding';
import type { Batch, NetworkModel } from '@kith/network';
import { exportInt8 } from '@kith/network/onnx';
import { onnxRuntimeNode } from '@kith/network/runtime';
import type { WeightsManifest } from '@kith/network/weights';
import { decodeImage, openRecognizer, readNetworkWeights, readPhoto } from '@kith/pipeline';
import { nearestToCentre, readListedImages } from '@kith/pipeline/data';
import { commandLine, required, runScript, usage, wholeNumber } from '@kith/terminal';

const help = `Write dlib's ResNet in 8-bit integers, which need to know how large activations are: faces of LFW's View 1 tell.

  node apps/lfw/dist/quantize.js --images <dir> --pairs <View 1 list> --out <file.onnx> [--count <images>]

  --images <dir>    folder with a folder for each person: lfw-deepfunneled, lfw, or the one above it
  --pairs <file>    pairsDevTrain.txt: whose images to take, evenly spread over the list
  --out <file>      the ONNX file; its manifest comes beside it, as <file>.json
  --count <images>  how many, 64 by default; more change nothing that can be seen
  --help
`;

const args = process.argv.slice(2);

/** So that sums of two products never saturate, whatever the CPU; View 1 shows no cost of it. */
const largestWeight = 64;

/** Faces that the file is compared with 32-bit floats on; none of them is one of those that set it. */
const checkCount = 100;

function readOptions() {
  const { values } = parseArgs({
    args,
    options: {
      images: { type: 'string' },
      pairs: { type: 'string' },
      out: { type: 'string' },
      count: { type: 'string', default: '64' },
    },
  });
  return values;
}

await runScript(
  async ({ signal }) => {
    const { images, pairs, out: asked, count } = usage(readOptions);
    const [out, list] = [required(asked, 'out'), required(pairs, 'pairs')];
    const { folder, paths } = await readListedImages(required(images, 'images'), [list]);
    const wanted = usage(() => wholeNumber(count, 'count'));
    const taken = spread(paths, wanted);
    const others = spread(
      paths.filter((path) => !taken.includes(path)),
      checkCount,
    );
    const [faces, unseen] = await alignedFaces([taken, others], { folder, signal });
    const model: NetworkModel = { network: dlibResnet29, weights: await readNetworkWeights(dlibResnet29) };
    const onnx = await exportInt8(model, [batchOf(faces!)], { largestWeight });

    await mkdir(dirname(out), { recursive: true });
    await writeFile(out, onnx);
    const manifest = manifestOf(onnx, { file: basename(out), faces: faces!.length, list: basename(list) });
    await writeFile(`${out}.json`, `${JSON.stringify(manifest, undefined, 2)}\n`);
    const cosines = await compare(model, { onnx, faces: unseen! });
    process.stdout.write(describe(manifest, cosines));
  },
  { name: 'lfw', help },
);

/** That many of the paths, evenly spread. */
function spread(paths: readonly string[], wanted: number): readonly string[] {
  const count = Math.min(wanted, paths.length);
  return Array.from({ length: count }, (_, i) => paths[Math.floor((i * paths.length) / count)]!);
}

/** The aligned faces of several lists of photos, of each photo the one nearest its centre. */
async function alignedFaces(
  lists: readonly (readonly string[])[],
  { folder, signal }: { readonly folder: string; readonly signal: AbortSignal },
): Promise<readonly (readonly Image[])[]> {
  const recognizer = await openRecognizer({ isUnmeasured: true });
  try {
    const found: Image[][] = [];
    for (const paths of lists) {
      const faces: Image[] = [];
      for (const path of paths) {
        signal.throwIfAborted();
        const image = await decodeImage(await readPhoto(join(folder, path)));
        const face = nearestToCentre(await recognizer.detect(image), image);
        if (face) faces.push(face.aligned.image);
      }
      found.push(faces);
    }
    return found;
  } finally {
    await recognizer.close();
  }
}

/** Both views of each face, as the embedder makes them. */
function batchOf(faces: readonly Image[]): Batch {
  const views = faces.flatMap((face) => [face, mirrorImage(face)]);
  return { count: views.length, data: Buffer.concat(views.map(({ data }) => data)) };
}

function manifestOf(
  onnx: Uint8Array,
  { file, faces, list }: { readonly file: string; readonly faces: number; readonly list: string },
): WeightsManifest {
  return {
    format: 1,
    network: dlibResnet29.name,
    licence: 'CC0-1.0',
    provenance: {
      from: 'dlib_face_recognition_resnet_model_v1 of dlib, as @vladmandic/face-api ships it, its weights rounded to 8-bit integers',
      data: `LFW View 1 (${list}), ${faces} faces, only for the ranges of activations`,
      date: new Date().toISOString().slice(0, 10),
      command: commandLine('node apps/lfw/dist/quantize.js', args),
    },
    file,
    bytes: onnx.length,
    sha256: createHash('sha256').update(onnx).digest('hex'),
  };
}

/** Cosines between what both forms of the network give for faces, one a face, least first. */
async function compare(
  model: NetworkModel,
  { onnx, faces }: { readonly onnx: Uint8Array; readonly faces: readonly Image[] },
): Promise<readonly number[]> {
  const runtime = await onnxRuntimeNode();
  try {
    const floats = await runtime.load(model);
    const integers = await runtime.load({ onnx, input: model.network.input });
    const cosines: number[] = [];
    for (const { data } of faces) {
      const [[one], [other]] = await Promise.all([floats.run({ count: 1, data }), integers.run({ count: 1, data })]);
      cosines.push(cosine(one!, other!));
    }
    return cosines.sort((a, b) => a - b);
  } finally {
    await runtime.dispose();
  }
}

function cosine(one: Float32Array, other: Float32Array): number {
  const product = one.reduce((sum, value, i) => sum + value * other[i]!, 0);
  return product / (Math.hypot(...one) * Math.hypot(...other));
}

function describe({ bytes, sha256 }: WeightsManifest, cosines: readonly number[]): string {
  const mean = cosines.reduce((sum, value) => sum + value, 0) / cosines.length;
  return `${[
    `${bytes} bytes, sha256 ${sha256}`,
    `cosine with 32-bit floats on ${cosines.length} other faces: ${mean.toFixed(5)} in the mean, ${cosines[0]?.toFixed(5)} at least`,
  ].join('\n')}\n`;
}
