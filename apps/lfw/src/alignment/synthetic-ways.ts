import { canonicalFrame, fiducialsOfIbug68, fitSimilarity, frontalize, referenceShape } from '@kith/alignment';
import { type Affine, type Image, type Landmarks, type Point, transformPoint, warpAffine } from '@kith/core';

/** The ways that are compared, by name, with how a page calls them. */
export const syntheticWays = {
  none: 'none (landmarks’ box)',
  similarity6: '2-D, 6 points',
  similarity: '2-D, 51 points',
  frontalized: '3-D',
  frontalizedOwn: '3-D, hidden side as seen',
} as const;

export type SyntheticWay = keyof typeof syntheticWays;

export const ways = Object.keys(syntheticWays) as readonly SyntheticWay[];

/** Where all ways bring a face. */
export const frame = canonicalFrame();

/** Points but the jaw's, whose place is not one place of the head. */
export const inner = Array.from({ length: 51 }, (_, i) => 17 + i);

const six: readonly (readonly number[])[] = [
  [36, 37, 38, 39, 40, 41],
  [42, 43, 44, 45, 46, 47],
  [30],
  [48],
  [62, 66],
  [54],
];

/** Bring a face into the canonical frame. */
export function align(image: Image, landmarks: Landmarks, way: SyntheticWay): Image {
  if (way === 'frontalized') return frontalize(image, landmarks, { frame }).image;
  if (way === 'frontalizedOwn') return frontalize(image, landmarks, { frame, hidden: 'own' }).image;
  const toImage = way === 'none' ? boxToImage(landmarks) : similarityToImage(landmarks, way);
  return warpAffine(image, toImage, { width: frame.sizePx, height: frame.sizePx });
}

function similarityToImage({ points }: Landmarks, way: 'similarity' | 'similarity6'): Affine {
  const parts = way === 'similarity6' ? six : inner.map((number) => [number]);
  const middle = (of: (number: number) => Point) => (numbers: readonly number[]) =>
    [0, 1].map(
      (axis) => numbers.reduce((sum, number) => sum + of(number)[axis]!, 0) / numbers.length,
    ) as unknown as Point;
  return fitSimilarity(
    parts.map(middle(anchor)),
    parts.map(middle((number) => [points[2 * number]!, points[2 * number + 1]!])),
  );
}

/** The reference's point, from the front, in px of the frame. */
export function anchor(number: number): Point {
  const i = fiducialsOfIbug68[number]!;
  return transformPoint(frame.fromReference, [referenceShape[3 * i]!, referenceShape[3 * i + 1]!]);
}

/** No alignment: the box around the landmarks on that around the reference's, as large as it in the mean of both sides. */
function boxToImage({ points }: Landmarks): Affine {
  const numbers = Array.from({ length: 68 }, (_, i) => i);
  const own = boxOf(numbers.map((i): Point => [points[2 * i]!, points[2 * i + 1]!]));
  const wanted = boxOf(numbers.map(anchor));
  const a = (own.width + own.height) / (wanted.width + wanted.height);
  return { a, b: 0, c: own.middle[0] - a * wanted.middle[0], d: 0, e: a, f: own.middle[1] - a * wanted.middle[1] };
}

function boxOf(points: readonly Point[]) {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  return { width: right - left, height: bottom - top, middle: [(left + right) / 2, (top + bottom) / 2] as Point };
}
