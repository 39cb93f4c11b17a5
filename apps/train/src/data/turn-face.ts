import {
  type CanonicalFrame,
  cameraOf,
  dlibChip51,
  type FaceFit,
  fiducialCount,
  fiducialsOfIbug68,
  fitFace,
  mostYawDegrees,
  projectShape,
  renderView,
  templateToImage,
} from '@kith/alignment';
import {
  createLandmarks,
  FaceError,
  type Image,
  invertAffine,
  type Landmarks,
  type Random,
  transformPoint,
  warpAffine,
} from '@kith/core';
import { chip } from './pack-faces.ts';

/** How far heads are turned, as an augmentation. */
export interface TurnRange {
  /** Share of the faces that are turned. */
  readonly chance: number;
  /** How far a head is turned at most, and how far off the front it then looks at most. */
  readonly yawDegrees: number;
  /** The same, up and down. */
  readonly pitchDegrees: number;
}

/** Which way a head looks; 0 is the front. */
export interface Direction {
  readonly yawDegrees: number;
  readonly pitchDegrees: number;
}

const template = dlibChip51(chip);
const numbersOfFace = 2 * 68;

/**
 * Move landmarks of photos into the px of the chips that were cut by them.
 *
 * @param faces - Landmarks of scheme `ibug68`, px of each photo.
 * @returns Shape `[faces, 68, 2]`.
 */
export function landmarksInChips(faces: readonly Landmarks[]): Float32Array {
  const all = new Float32Array(faces.length * numbersOfFace);
  for (const [row, landmarks] of faces.entries()) {
    const toChip = invertAffine(templateToImage(landmarks, template));
    const { points } = landmarks;
    for (let i = 0; i < numbersOfFace; i += 2) {
      all.set(transformPoint(toChip, [points[i]!, points[i + 1]!]), row * numbersOfFace + i);
    }
  }
  return all;
}

/** A face's landmarks among those that {@link landmarksInChips} gives. @throws {FaceError} `LANDMARKS_DEGENERATE` where they are not finite. */
export function landmarksOfChip(landmarks: Float32Array, row: number): Landmarks {
  return createLandmarks('ibug68', landmarks.slice(row * numbersOfFace, (row + 1) * numbersOfFace));
}

/**
 * Explain the face of a chip by the reference shape, so that it can be turned.
 *
 * @param landmarks - As {@link landmarksInChips} gives them.
 * @returns Nothing where its landmarks are no face's, or it is turned so far that half of it is a guess.
 */
export function fitChip(landmarks: Float32Array, row: number): FaceFit | undefined {
  try {
    const fit = fitFace(landmarksOfChip(landmarks, row));
    return Math.abs(fit.pose.yawDegrees) > mostYawDegrees ? undefined : fit;
  } catch (error) {
    if (error instanceof FaceError && error.code === 'LANDMARKS_DEGENERATE') return undefined;
    throw error;
  }
}

/** Draw where a head is to look: anywhere that is in reach from where it looks, and not too far off the front. */
export function drawDirection({ pose }: FaceFit, range: TurnRange, random: Random): Direction | undefined {
  const [yaw, pitch] = [random(), random()];
  const yawDegrees = within(pose.yawDegrees, range.yawDegrees, yaw);
  const pitchDegrees = within(pose.pitchDegrees, range.pitchDegrees, pitch);
  return yawDegrees === undefined || pitchDegrees === undefined ? undefined : { yawDegrees, pitchDegrees };
}

function within(own: number, most: number, share: number): number | undefined {
  const [least, greatest] = [Math.max(-most, own - most), Math.min(most, own + most)];
  return least > greatest ? undefined : least + share * (greatest - least);
}

/** Px around a chip to which its edge goes on: ears and crown may lie there. */
const roomPx = chip.sizePx / 2;

/**
 * Turn the head of a chip: the chip that a photo of it from there would have given. Where neither the chip nor the other half of the face
 * shows what is seen from there, the edge goes on, as it does in chips beyond their photos.
 *
 * @param fit - As {@link fitChip} gives it.
 */
export function turnFace(image: Image, fit: FaceFit, direction: Direction): Image {
  const side = chip.sizePx + 2 * roomPx;
  const move = { a: 1, b: 0, c: -roomPx, d: 0, e: 1, f: -roomPx };
  // without black, so that what is black in the end is what nothing was painted on
  const lit = { ...image, data: image.data.map((value) => Math.max(1, value)) };
  const canvas = warpAffine(lit, move, { width: side, height: side, beyond: 'edge' });
  const onCanvas = { ...fit, source: fit.source.map((value) => value + roomPx) };
  return extendEdges(renderView(canvas, onCanvas, { ...direction, frame: frameFrom(fit, direction) }));
}

/** The frame in which the turned face's own 51 landmarks lie as a chip has them. */
function frameFrom({ shape }: FaceFit, direction: Direction): CanonicalFrame {
  const seen = projectShape(cameraOf({ ...direction, rollDegrees: 0, pxPerMm: 1 }), shape);
  // a view keeps the middle of the fiducials where it is from the front
  const offset = [0, 0] as [number, number];
  for (let i = 0; i < fiducialCount; i++) {
    for (const k of [0, 1] as const) offset[k] += (shape[3 * i + k]! - seen[2 * i + k]!) / fiducialCount;
  }
  const points = fiducialsOfIbug68.flatMap((i) => [seen[2 * i]! + offset[0], seen[2 * i + 1]! + offset[1]]);
  const toFace = templateToImage(createLandmarks('ibug68', Float32Array.from(points)), template);
  return { name: `turned-${template.name}`, sizePx: chip.sizePx, fromReference: invertAffine(toFace) };
}

/** Let each row go on from its painted pixels to the right, and from the first to the left; rows without any are those next to them; in place. */
function extendEdges(image: Image): Image {
  const { width, height, data } = image;
  const isPainted = (p: number) => data[3 * p]! + data[3 * p + 1]! + data[3 * p + 2]! > 0;
  const painted: number[] = [];
  for (let y = 0; y < height; y++) {
    const end = (y + 1) * width;
    let from = y * width;
    while (from < end && !isPainted(from)) from++;
    if (from === end) continue;
    painted.push(y);
    for (let p = y * width; p < end; p++) {
      if (isPainted(p)) from = p;
      else data.copyWithin(3 * p, 3 * from, 3 * from + 3);
    }
  }
  for (let y = 0; y < height && painted.length > 0; y++) {
    const from = Math.min(Math.max(y, painted[0]!), painted.at(-1)!);
    if (from !== y) data.copyWithin(3 * y * width, 3 * from * width, 3 * (from + 1) * width);
  }
  return image;
}
