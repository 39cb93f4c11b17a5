import { parseArgs } from 'node:util';
import { toFiducials67 } from '@kith/alignment';
import { ibug68, landmarkMirror } from '@kith/core';
import { openRecognizer } from '@kith/pipeline';
import { photosBelow, readListedImages } from '@kith/pipeline/data';
import { required, runScript, usage } from '@kith/terminal';
import { factoriseShape } from './factorise-shape.ts';
import type { Bundle } from './factorise-shape-bundle.ts';
import { measuredFaces } from './measured-faces.ts';

const help = `Fit the 3-D reference shape to the landmarks of many faces: the table in packages/alignment/src/reference-shape-table.ts.

  node apps/lfw/dist/alignment/fit-shape.js --images <dir> --landmarks <file> [--pairs <View 1 list> …]

Without --pairs every .jpg below --images is used, such as the training photos of FIW. Landmarks are kept in --landmarks and not found
again.
`;

const eyeDistanceMm = 63;
const noseTip = 30;

function readOptions() {
  return parseArgs({
    options: {
      images: { type: 'string' },
      landmarks: { type: 'string' },
      pairs: { type: 'string', multiple: true, default: [] },
    },
  }).values;
}

await runScript(
  async ({ signal }) => {
    const { images, landmarks, pairs } = usage(readOptions);
    const named = required(images, 'images');
    const file = required(landmarks, 'landmarks');
    const { folder, paths } =
      pairs.length > 0 ? await readListedImages(named, pairs) : { folder: named, paths: await photosBelow(named) };
    const recognizer = await openRecognizer();
    const found = await measuredFaces(recognizer, { folder, paths, file, signal });
    await recognizer.close();
    const faces = found.flatMap((face) => (face ? [...toFiducials67(face.landmarks).points] : []));
    const bundle = factoriseShape(Float64Array.from(faces), {
      mirror: landmarkMirror.deepface67,
      nearest: noseTip,
      sliding: ibug68.jaw,
    });
    process.stdout.write(describe(bundle));
  },
  { name: 'lfw', help },
);

function describe(bundle: Bundle): string {
  const { shape, mmPerUnit } = toReferenceFrame(bundle.shape);
  const yaws = bundle.yawDegrees.map(Math.abs).sort();
  const share = (below: number) => `${((100 * yaws.filter((yaw) => yaw > below).length) / yaws.length).toFixed(1)} %`;
  const rows = Array.from({ length: shape.length / 3 }, (_, i) => {
    const [x, y, z] = Array.from(shape.subarray(3 * i, 3 * i + 3), (value) => Number(value.toFixed(2)) + 0);
    return `  [${x}, ${y}, ${z}], // ${i}`;
  });
  const residual = (bundle.residual * mmPerUnit).toFixed(2);
  return [
    `${yaws.length} faces, ${bundle.kept} kept, residual ${residual} mm a point; yaw above 15°: ${share(15)}, above 30°: ${share(30)}`,
    ...rows,
    '',
  ].join('\n');
}

/** Move and scale a shape so that the eye centres are 63 mm apart and the origin is between them. */
function toReferenceFrame(shape: Float64Array): { readonly shape: Float64Array; readonly mmPerUnit: number } {
  const right = centreOf(shape, ibug68.rightEye);
  const left = centreOf(shape, ibug68.leftEye);
  const mmPerUnit = eyeDistanceMm / (left[0]! - right[0]!);
  return { shape: shape.map((value, i) => (value - (right[i % 3]! + left[i % 3]!) / 2) * mmPerUnit), mmPerUnit };
}

function centreOf(shape: Float64Array, [from, to]: readonly [number, number]): readonly number[] {
  const sum = [0, 0, 0];
  for (let at = 3 * from; at < 3 * to; at++) sum[at % 3]! += shape[at]!;
  return sum.map((value) => value / (to - from));
}
