import type { LandmarkScheme, Point } from '@kith/core';

/** Where named landmarks of a face go in an aligned image. */
export interface Template {
  readonly name: string;
  readonly sizePx: number;
  readonly scheme: LandmarkScheme;
  /** Landmark number and its place in px of the aligned image. */
  readonly anchors: readonly (readonly [landmark: number, place: Point])[];
}

/**
 * dlib's face chip: the corners of both eyes and the base of the nose, of its five-point model's mean face.
 *
 * @param padding - Room around the mean face, as a share of it, on each side; 0.25 is what dlib's recogniser was trained with.
 * @see King, dlib, `get_face_chip_details`, 2017.
 */
export function dlibChip({
  sizePx = 150,
  padding = 0.25,
}: {
  readonly sizePx?: number;
  readonly padding?: number;
} = {}): Template {
  const place = ([x, y]: Point): Point => [
    ((padding + x) / (2 * padding + 1)) * sizePx - 0.5,
    ((padding + y) / (2 * padding + 1)) * sizePx - 0.5,
  ];
  return {
    name: `dlib-chip-${sizePx}-${padding}`,
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
