import {
  createLandmarks,
  FaceError,
  ibug68,
  type LandmarkScheme,
  type Landmarks,
  landmark,
  type Point,
} from '@kith/core';
import { toFiducials6 } from './fiducials.ts';
import { meanFace, meanFacePlace } from './template-anchors.ts';

/** The numbers of landmarks, of which the mean counts, and its place in px of the aligned image. */
export type Anchor = readonly [landmarks: readonly number[], place: Point];

/** Where landmarks of a face go in an aligned image. */
export interface Template {
  readonly name: string;
  readonly sizePx: number;
  readonly scheme: LandmarkScheme;
  /** `affine` may shear and stretch; three anchors fix it exactly. */
  readonly transform: 'similarity' | 'affine';
  /** Where the squared distances are least: between landmarks, px of the photo, or between places, px of the template. */
  readonly leastIn: 'photo' | 'template';
  readonly anchors: readonly Anchor[];
}

/**
 * The points of a face that a template has places for, in its anchors' order.
 *
 * @param landmarks - Of the template's scheme; for `deepface6`, of any.
 * @throws {FaceError} `LANDMARKS_DEGENERATE` when the scheme is another, the count is wrong or a coordinate is not finite.
 */
export function anchorPoints(landmarks: Landmarks, { name, scheme, anchors }: Template): readonly Point[] {
  const face = scheme === 'deepface6' ? toFiducials6(landmarks) : createLandmarks(landmarks.scheme, landmarks.points);
  if (face.scheme !== scheme) {
    throw new FaceError('LANDMARKS_DEGENERATE', `${name} needs landmarks of ${scheme}, got ${face.scheme}.`);
  }
  return anchors.map(([numbers]) => meanOf(numbers, (number) => landmark(face, number)));
}

export interface ChipOptions {
  readonly sizePx?: number;
  /** Room around the mean face, as a share of it, on each side; 0.25 is what dlib's recogniser was trained with. */
  readonly padding?: number;
}

/**
 * dlib's face chip by five points: the corners of both eyes and the base of the nose of its mean face.
 *
 * @see King, dlib, `get_face_chip_details`, 2017.
 */
export function dlibChip5({ sizePx = 150, padding = 0.25 }: ChipOptions = {}): Template {
  const place = placeIn({ sizePx, padding });
  return {
    name: `dlib-chip5-${sizePx}-${padding}`,
    sizePx,
    scheme: 'ibug68',
    transform: 'similarity',
    leastIn: 'photo',
    anchors: [
      [[45], place([0.8595674595992, 0.2134981538014])], // outer corner of the left eye
      [[42], place([0.6460604764104, 0.2289674387677])], // inner corner of the left eye
      [[36], place([0.1205750620789, 0.2137274526848])], // outer corner of the right eye
      [[39], place([0.3340850613712, 0.2290642403242])], // inner corner of the right eye
      [[33], place([0.4901123135679, 0.6277975316475])], // base of the nose
    ],
  };
}

/**
 * dlib's face chip by 51 points, all but the jaw: the errors of single landmarks average out, so the chip is steadier than by five.
 * The places are ours.
 */
export function dlibChip51({ sizePx = 150, padding = 0.25 }: ChipOptions = {}): Template {
  const place = placeIn({ sizePx, padding });
  const [, first] = ibug68.jaw;
  return {
    name: `dlib-chip51-${sizePx}-${padding}`,
    sizePx,
    scheme: 'ibug68',
    transform: 'similarity',
    leastIn: 'photo',
    anchors: meanFace.map((share, i) => [[first + i], place(share)]),
  };
}

/**
 * DeepFace's first alignment: centres of the eyes, tip of the nose, corners and middle of the mouth. The paper gives no places; these are
 * the mean face's, the eyes as far apart and as high as in the canonical view, so that both show the same.
 *
 * @see Taigman et al., DeepFace, CVPR 2014, §2.1; {@link canonicalFrame}.
 */
export function deepfaceAnchors({ sizePx = 152 }: { readonly sizePx?: number } = {}): Template {
  const six = [range(ibug68.rightEye), range(ibug68.leftEye), [30], [48], [62, 66], [54]];
  const shares = six.map((numbers) => meanOf(numbers, meanFacePlace));
  const [[rightX, y], [leftX]] = [shares[0]!, shares[1]!];
  const scale = (0.42 * sizePx) / (leftX - rightX);
  // in shares of the side, counted from the outer edge of the first pixel
  const [middleX, eyesY] = [(sizePx - 1) / 2, 0.2 * sizePx - 0.5];
  return {
    name: `deepface-${sizePx}`,
    sizePx,
    scheme: 'deepface6',
    transform: 'similarity',
    leastIn: 'template',
    anchors: shares.map(([shareX, shareY], number) => [
      [number],
      [middleX + scale * (shareX - (leftX + rightX) / 2), eyesY + scale * (shareY - y)],
    ]),
  };
}

/**
 * The 112 px chip of ArcFace and of most recognisers since, by the centres of the eyes, the tip of the nose and the corners of the mouth.
 * Its detector gives these five points; here the eyes' are the means of their six landmarks.
 *
 * @see Deng et al., ArcFace, CVPR 2019; insightface, 2018, for the places.
 */
export function arcface112(): Template {
  return {
    name: 'arcface-112',
    sizePx: 112,
    scheme: 'ibug68',
    transform: 'similarity',
    leastIn: 'template',
    anchors: [
      [range(ibug68.rightEye), [38.2946, 51.6963]],
      [range(ibug68.leftEye), [73.5318, 51.5014]],
      [[30], [56.0252, 71.7366]], // tip of the nose
      [[48], [41.5493, 92.3655]], // right corner of the mouth
      [[54], [70.7299, 92.2041]], // left corner of the mouth
    ],
  };
}

/**
 * OpenFace's alignment by the outer corners of the eyes and the base of the nose: three points, so the affine takes them to their places
 * exactly, whatever it does to the rest. The places are shares of the extent of its 68 mean landmarks.
 *
 * @see Amos et al., OpenFace, CMU-CS-16-118, 2016: 96 px for nn4.small2.
 */
export function openfaceOuterEyesAndNose({ sizePx = 96 }: { readonly sizePx?: number } = {}): Template {
  return {
    name: `openface-outer-eyes-and-nose-${sizePx}`,
    sizePx,
    scheme: 'ibug68',
    transform: 'affine',
    leastIn: 'template',
    anchors: [
      [[36], [0.194157004 * sizePx, 0.169266924 * sizePx]], // outer corner of the right eye
      [[45], [0.788859129 * sizePx, 0.158171147 * sizePx]], // outer corner of the left eye
      [[33], [0.494950891 * sizePx, 0.514441371 * sizePx]], // base of the nose
    ],
  };
}

/** A frame around the head, placed by the mean face as it fits to 51 points, and the square image that it is stretched to. */
export interface HeadCrop {
  readonly name: string;
  readonly sizePx: number;
  /** In sides of the mean face's square. */
  readonly width: number;
  /** In sides of the mean face's square. */
  readonly height: number;
  /** From the middle of the mean face's square, in its sides. */
  readonly middle: Point;
  /** How far the middle goes sideways to that of all landmarks, in [0, 1]: eyes, nose and mouth of a turned head are not its middle. */
  readonly follow: number;
}

/**
 * The crop that FaceNet sees: a detector's box from brow to chin, widened by 32 px where it is 96 × 132 px as in LFW, stretched to a
 * square. Where that frame lies is ours: the median over the photos of the training list of LFW's View 1, as YuNet finds their faces.
 *
 * @see Sandberg, facenet, 2018, which crops so by another detector.
 */
export const facenetHead: HeadCrop = {
  name: 'facenet-head-160',
  sizePx: 160,
  width: 1.636,
  height: 2.094,
  middle: [-0.006, -0.082],
  follow: 0.5,
};

function placeIn({ sizePx, padding }: Required<ChipOptions>): (share: Point) => Point {
  return ([x, y]) => [
    ((padding + x) / (2 * padding + 1)) * sizePx - 0.5,
    ((padding + y) / (2 * padding + 1)) * sizePx - 0.5,
  ];
}

function range([from, to]: readonly [number, number]): readonly number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/** Mean of the points of some numbers; of one, that very point. */
function meanOf(numbers: readonly number[], pointOf: (number: number) => Point): Point {
  let [x, y] = [0, 0];
  for (const number of numbers) {
    const point = pointOf(number);
    x += point[0];
    y += point[1];
  }
  return [x / numbers.length, y / numbers.length];
}
