import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRandom, FaceError, gaussian } from '@kith/core';
import { readNpy } from '@kith/network/weights';

/** A 3-D model of faces in this project's frame: mm, x to the image's right of a frontal face, y down, z away from the viewer. */
export interface SurreyModel {
  /** Shape `[vertices, 3]`, row-major, as all shapes. */
  readonly mean: Float32Array;
  /** Shape `[vertices · 3, components]`, each column orthonormal. */
  readonly basis: Float32Array;
  /** Standard deviation along each component in mm. Shape `[components]`. */
  readonly deviations: Float64Array;
  readonly expressions: readonly { readonly name: string; readonly offsets: Float32Array }[];
  /** Shape `[triangles, 3]`. */
  readonly triangles: Uint32Array;
  /** For each point of `ibug68` its vertex, or −1 where it has none: the jaw and two corners of the inner lips. */
  readonly landmarkVertices: Int32Array;
  /** Vertices along the jaw, from the temple on the person's right over the chin to that on the left. */
  readonly jaw: readonly number[];
}

/** Who a head is and what it does. */
export interface HeadSpec {
  /** Draws the coefficients of the shape and the colours. */
  readonly seed: number;
  /** Standard deviations that the coefficients of the shape are drawn with; 0 is the mean face. */
  readonly spread?: number;
  /** Name of an expression, and how much of it, 0–1. */
  readonly expression?: { readonly name: string; readonly amount: number };
}

const files = ['mean', 'shape-basis', 'shape-eigenvalues', 'expressions', 'triangles'] as const;

/** Whether a folder holds the model. */
export async function hasSurreyModel(folder: string): Promise<boolean> {
  return access(join(folder, 'mean.npy')).then(
    () => true,
    () => false,
  );
}

/**
 * Read the Surrey face model as its folder's notes describe it, y and z turned to this project's frame.
 *
 * @param folder - With `mean.npy`, `shape-basis.npy` and so on.
 * @throws {FaceError} `DATASET_INCOMPLETE` when a file is missing.
 * @see Huber et al., A Multiresolution 3D Morphable Face Model and Fitting Framework, VISAPP 2016.
 */
export async function readSurreyModel(folder: string): Promise<SurreyModel> {
  const read = (file: string) =>
    readFile(join(folder, file)).catch((cause: unknown) => {
      throw new FaceError('DATASET_INCOMPLETE', `The 3-D model in ${folder} lacks ${file}.`, { cause });
    });
  const [mean, basis, eigenvalues, expressions, triangles] = await Promise.all(
    files.map(async (name) => readNpy(await read(`${name}.npy`), { name }).data),
  );
  const names = JSON.parse(String(await read('expression-names.json'))) as readonly string[];
  const length = mean!.length;
  const numbers = parseNumbers(String(await read('landmarks-68.json')), String(await read('contours.json')));
  const model = {
    mean: mean!,
    basis: basis!,
    deviations: Float64Array.from(eigenvalues!, Math.sqrt),
    expressions: names.map((name, at) => ({ name, offsets: expressions!.slice(at * length, (at + 1) * length) })),
    triangles: Uint32Array.of(...triangles!, ...mouthTriangles(numbers.landmarkVertices)),
    ...numbers,
  };
  nodModel(model, { radians: Math.PI });
  return model;
}

/** Turn a model about the x axis, in place: by half a turn y points down and z away; by a little its face nods. */
export function nodModel(
  { mean, basis, deviations, expressions }: Pick<SurreyModel, 'mean' | 'basis' | 'deviations' | 'expressions'>,
  { radians }: { readonly radians: number },
): void {
  for (const shape of [mean, ...expressions.map(({ offsets }) => offsets)]) turnAboutX(shape, { radians, stride: 1 });
  turnAboutX(basis, { radians, stride: deviations.length });
}

/** Turn vectors about the x axis; of a basis each component's, `stride` numbers apart. */
function turnAboutX(vectors: Float32Array, { radians, stride }: { readonly radians: number; readonly stride: number }) {
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
  for (let vertex = 0; vertex < vectors.length; vertex += 3 * stride) {
    for (let k = vertex; k < vertex + stride; k++) {
      const [y, z] = [vectors[k + stride]!, vectors[k + 2 * stride]!];
      vectors[k + stride] = cos * y - sin * z;
      vectors[k + 2 * stride] = sin * y + cos * z;
    }
  }
}

/** Close the mouth behind the lips, which an open one would show the wall through. */
function mouthTriangles(landmarkVertices: Int32Array): readonly number[] {
  const lips = [48, 61, 62, 63, 54, 65, 66, 67].map((number) => landmarkVertices[number]!);
  return lips.slice(2).flatMap((vertex, i) => [lips[0]!, lips[i + 1]!, vertex]);
}

function parseNumbers(landmarks: string, contours: string): Pick<SurreyModel, 'landmarkVertices' | 'jaw'> {
  const landmarkVertices = new Int32Array(68).fill(-1);
  // the file counts landmarks from 1, vertices from 0
  for (const [number, vertex] of Object.entries(JSON.parse(landmarks) as Record<string, number>)) {
    landmarkVertices[Number(number) - 1] = vertex;
  }
  const { right_contour: right, left_contour: left } = (
    JSON.parse(contours) as { model_contour: { right_contour: number[]; left_contour: number[] } }
  ).model_contour;
  return { landmarkVertices, jaw: [...right, landmarkVertices[8]!, ...left.toReversed()] };
}

/**
 * Make the shape of a head: coefficients drawn from the model's own normal distribution, and an expression added.
 *
 * @returns mm. Shape `[vertices, 3]`.
 */
export function headShape(
  { mean, basis, deviations, expressions }: SurreyModel,
  { seed, spread = 1, expression }: HeadSpec,
): Float64Array {
  const random = createRandom(seed);
  const coefficients = deviations.map((deviation) => spread * deviation * gaussian(random));
  const offsets = expressions.find(({ name }) => name === expression?.name)?.offsets;
  const shape = Float64Array.from(mean);
  for (let i = 0, b = 0; i < shape.length; i++) {
    let sum = offsets ? offsets[i]! * expression!.amount : 0;
    for (let k = 0; k < coefficients.length; k++, b++) sum += basis[b]! * coefficients[k]!;
    shape[i]! += sum;
  }
  return shape;
}
