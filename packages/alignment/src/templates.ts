import { ibug68, type LandmarkScheme, type Point } from '@kith/core';

/** Where named landmarks of a face go in an aligned image. */
export interface Template {
  readonly name: string;
  readonly sizePx: number;
  readonly scheme: LandmarkScheme;
  /** Landmark number and its place in px of the aligned image. */
  readonly anchors: readonly (readonly [landmark: number, place: Point])[];
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
    anchors: [
      [45, place([0.8595674595992, 0.2134981538014])], // outer corner of the left eye
      [42, place([0.6460604764104, 0.2289674387677])], // inner corner of the left eye
      [36, place([0.1205750620789, 0.2137274526848])], // outer corner of the right eye
      [39, place([0.3340850613712, 0.2290642403242])], // inner corner of the right eye
      [33, place([0.4901123135679, 0.6277975316475])], // base of the nose
    ],
  };
}

/**
 * dlib's face chip by 51 points, all but the jaw: the errors of single landmarks average out, so the chip is steadier than by five.
 * The places are ours: the mean over 382 faces in the five-point chip, made symmetric (`apps/lfw/src/mean-face.ts`).
 */
export function dlibChip51({ sizePx = 150, padding = 0.25 }: ChipOptions = {}): Template {
  const place = placeIn({ sizePx, padding });
  const [, first] = ibug68.jaw;
  return {
    name: `dlib-chip51-${sizePx}-${padding}`,
    sizePx,
    scheme: 'ibug68',
    anchors: meanFace.map((share, i) => [first + i, place(share)]),
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

/** Points 17–67 of `ibug68` as shares of dlib's mean face, from its top left corner. */
// biome-ignore format: one line or two a part of the face
const meanFace: readonly Point[] = [
  [0.001, 0.089], [0.072, 0.039], [0.171, 0.020], [0.258, 0.028], [0.337, 0.054], // right brow
  [0.643, 0.054], [0.722, 0.028], [0.809, 0.020], [0.908, 0.039], [0.979, 0.089], // left brow
  [0.490, 0.229], [0.490, 0.339], [0.490, 0.441], [0.490, 0.538], // nose bridge
  [0.385, 0.599], [0.432, 0.614], [0.490, 0.627], [0.549, 0.614], [0.595, 0.599], // nose base
  [0.126, 0.217], [0.181, 0.190], [0.260, 0.188], [0.330, 0.226], [0.266, 0.247], [0.185, 0.247], // right eye
  [0.651, 0.226], [0.720, 0.188], [0.800, 0.190], [0.854, 0.217], [0.796, 0.247], [0.715, 0.247], // left eye
  [0.257, 0.807], [0.338, 0.764], [0.439, 0.732], [0.490, 0.745], [0.542, 0.732], [0.643, 0.764], // outer lips
  [0.723, 0.807], [0.639, 0.881], [0.565, 0.916], [0.490, 0.926], [0.415, 0.916], [0.342, 0.881],
  [0.275, 0.806], [0.419, 0.790], [0.490, 0.789], [0.561, 0.790], [0.706, 0.806], [0.559, 0.843], // inner lips
  [0.490, 0.848], [0.421, 0.843],
];
