import { type CanonicalFrame, fitSimilarity, toFiducials67 } from '@kith/alignment';
import {
  createRandom,
  type Image,
  type Landmarks,
  landmark,
  type Point,
  scaleOf,
  transformLandmarks,
} from '@kith/core';
import { meanOf } from './camera-recovery.ts';
import { type Head, renderHead } from './render-head.ts';
import { addLandmarkNoise } from './synthetic-noise.ts';
import { drawHead, frontLandmarks, pictureSidePx, type Scene, viewOf } from './synthetic-scene.ts';
import { align, anchor, frame, inner, type SyntheticWay, ways } from './synthetic-ways.ts';

/** Mean absolute error in grey levels, over photos. */
export interface ErrorRow {
  readonly fromDegrees: number;
  readonly toDegrees: number;
  readonly photos: number;
  readonly errors: Readonly<Record<SyntheticWay, { readonly mean: number; readonly standardError: number }>>;
}

export interface SyntheticFigures {
  /** Heads turned to the side alone, then also nodded and tilted up to 30°. */
  readonly turned: readonly ErrorRow[];
  readonly turnedNoddedTilted: readonly ErrorRow[];
  readonly landmarkNoise: number;
  readonly seed: number;
  readonly photosPerBin: number;
}

export interface SyntheticPicture {
  readonly yawDegrees: number;
  readonly input: Image;
  readonly similarity: Image;
  readonly frontalized: Image;
  readonly truth: Image;
}

const bins = [0, 15, 30, 45, 60] as const;

/** Root mean square landmark error in distances between the eyes: about that of good detectors. */
const landmarkNoise = 0.02;

/** Heads that the photos of a bin are taken of in turn; to paint one takes a second. */
const headCount = 24;

export interface SyntheticOptions {
  readonly photosPerBin: number;
  readonly seed: number;
  readonly tick: () => void;
  readonly signal: AbortSignal;
}

/** Photos that {@link measureSynthetic} draws for a number a bin. */
export function syntheticPhotos(photosPerBin: number): number {
  return 2 * (bins.length - 1) * photosPerBin;
}

/** Frontalize drawn heads and compare them with their true front. */
export async function measureSynthetic(scene: Scene, options: SyntheticOptions): Promise<SyntheticFigures> {
  const { photosPerBin, seed } = options;
  return {
    turned: await measureRows(scene, { ...options, mostDegrees: 0 }),
    turnedNoddedTilted: await measureRows(scene, { ...options, mostDegrees: 30 }),
    landmarkNoise,
    seed,
    photosPerBin,
  };
}

async function measureRows(
  scene: Scene,
  { photosPerBin, seed, tick, signal, mostDegrees }: SyntheticOptions & { readonly mostDegrees: number },
): Promise<readonly ErrorRow[]> {
  const rows: ErrorRow[] = [];
  const heads: Head[] = [];
  for (let bin = 0; bin + 1 < bins.length; bin++) {
    const errors = Object.fromEntries(ways.map((way) => [way, [] as number[]])) as Record<SyntheticWay, number[]>;
    for (let photo = 0; photo < photosPerBin; photo++) {
      signal.throwIfAborted();
      const random = createRandom(seed * 1_000_003 + bin * 10_007 + photo);
      const number = photo % headCount;
      if (number === heads.length) heads.push(drawHead(scene, { seed: seed * 1000 + number }));
      const head = heads[number]!;
      const yaw = bins[bin]! + (bins[bin + 1]! - bins[bin]!) * random();
      const between = () => mostDegrees * (2 * random() - 1);
      const turn = { yawDegrees: random() < 0.5 ? yaw : -yaw, pitchDegrees: between(), rollDegrees: between() };
      const view = viewOf(scene, { head, random, turn });
      const image = renderHead(head, { ...view, sidePx: pictureSidePx });
      const eyesPx = 63 * view.pxPerMm;
      const exact = scene.landmarks.locate(head.shape, view);
      const noisy = addLandmarkNoise(exact, { share: landmarkNoise, eyesPx, rollDegrees: turn.rollDegrees, random });
      const { picture, mask } = truthOf(scene, head);
      for (const way of ways) errors[way].push(meanError(align(image, noisy, way), picture, mask));
      tick();
      // lets Ctrl-C be heard
      await new Promise((resolve) => setImmediate(resolve));
    }
    const summed = Object.fromEntries(ways.map((way) => [way, meanOf(errors[way])])) as ErrorRow['errors'];
    rows.push({ fromDegrees: bins[bin]!, toDegrees: bins[bin + 1]!, photos: photosPerBin, errors: summed });
  }
  return rows;
}

/** One head from several sides, with the landmarks as they are. */
export function synthesizePictures(
  scene: Scene,
  { seed, yaws }: { readonly seed: number; readonly yaws: readonly number[] },
): readonly SyntheticPicture[] {
  const head = drawHead(scene, { seed });
  const truth = truthOf(scene, head).picture;
  return yaws.map((yawDegrees) => {
    const turn = { yawDegrees, pitchDegrees: 0, rollDegrees: 0 };
    const view = viewOf(scene, { head, random: () => 1, turn });
    const input = renderHead(head, { ...view, sidePx: pictureSidePx });
    const landmarks = scene.landmarks.locate(head.shape, view);
    const [similarity, frontalized] = [align(input, landmarks, 'similarity'), align(input, landmarks, 'frontalized')];
    return { yawDegrees, input, similarity, frontalized, truth };
  });
}

/** The head from the front in the canonical frame, its 51 points as near as a similarity takes them, and which pixels are its face. */
function truthOf(scene: Scene, head: Head): { readonly picture: Image; readonly mask: Uint8Array } {
  const front = frontLandmarks(scene, head);
  const toFrame = fitSimilarity(
    inner.map((number) => landmark(front, number)),
    inner.map(anchor),
  );
  const view = {
    yawDegrees: 0,
    pitchDegrees: 0,
    rollDegrees: (Math.atan2(toFrame.d, toFrame.a) * 180) / Math.PI,
    pxPerMm: scaleOf(toFrame),
    middle: [toFrame.c, toFrame.f] as Point,
  };
  const picture = renderHead(head, { ...view, sidePx: frame.sizePx });
  return { picture, mask: maskOf(toFiducials67(transformLandmarks(front, toFrame)), frame) };
}

/** Pixels inside the outline of jaw and brows. */
function maskOf({ points }: Landmarks, { sizePx }: CanonicalFrame): Uint8Array {
  // down the jaw from the right, then back over the brows
  const outline = [...Array(17).keys(), 26, 25, 24, 23, 22, 21, 20, 19, 18, 17];
  const mask = new Uint8Array(sizePx * sizePx);
  for (let pixel = 0; pixel < mask.length; pixel++) {
    const [u, v] = [pixel % sizePx, Math.floor(pixel / sizePx)];
    let isIn = false;
    outline.forEach((number, i) => {
      const next = outline[(i + 1) % outline.length]!;
      const [ax, ay, bx, by] = [points[2 * number]!, points[2 * number + 1]!, points[2 * next]!, points[2 * next + 1]!];
      if (ay > v !== by > v && u < ax + ((v - ay) / (by - ay)) * (bx - ax)) isIn = !isIn;
    });
    if (isIn) mask[pixel] = 1;
  }
  return mask;
}

/** Mean absolute difference of the grey levels (Rec. 601) where the mask is. */
function meanError(one: Image, other: Image, mask: Uint8Array): number {
  let [sum, count] = [0, 0];
  for (let pixel = 0; pixel < mask.length; pixel++) {
    if (!mask[pixel]) continue;
    sum += Math.abs(grey(one.data, 3 * pixel) - grey(other.data, 3 * pixel));
    count++;
  }
  return sum / count;
}

function grey(data: Uint8Array, at: number): number {
  return 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
}
