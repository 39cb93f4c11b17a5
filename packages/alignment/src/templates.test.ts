import {
  type Affine,
  composeAffine,
  createImage,
  createLandmarks,
  createRandom,
  gaussian,
  identityAffine,
  invertAffine,
  type Landmarks,
  scaleOf,
  transformLandmarks,
  transformPoint,
} from '@kith/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alignToTemplate, templateToImage } from './align.ts';
import { canonicalFrame, frameOfTemplate } from './canonical-frame.ts';
import {
  anchorPoints,
  arcface112,
  deepfaceAnchors,
  dlibChip5,
  dlibChip51,
  openfaceOuterEyesAndNose,
} from './templates.ts';

const templates = [deepfaceAnchors(), dlibChip5(), dlibChip51(), arcface112(), openfaceOuterEyesAndNose()];
const dot = createImage({ width: 1, height: 1 }, { fill: [9, 9, 9] });
const degenerate = expect.objectContaining({ code: 'LANDMARKS_DEGENERATE' });

/** The mean face with a jaw, each point shaken, 100 px wide, moved by a transform. */
function face({
  moved = identityAffine,
  noise = 2,
}: {
  readonly moved?: Affine;
  readonly noise?: number;
} = {}): Landmarks {
  const random = createRandom(9);
  const jaw = Array.from({ length: 17 }, (_, i) => [50 - 55 * Math.cos((Math.PI * i) / 16), 60]);
  const inner = dlibChip51({ sizePx: 100, padding: 0 }).anchors.map(([, place]) => place);
  const points = [...jaw, ...inner].flat().map((value) => value + noise * gaussian(random));
  return transformLandmarks(createLandmarks('ibug68', Float32Array.from(points)), moved);
}

describe('published places', () => {
  const placesOf = (template: (typeof templates)[number]) => template.anchors.map(([, place]) => place);

  test('ArcFace has the eyes 35.24 px apart, in 112', () => {
    const [right, left] = placesOf(arcface112());
    expect(Math.hypot(left![0] - right![0], left![1] - right![1])).toBeCloseTo(35.24, 2);
    expect(arcface112().anchors[0]![0]).toEqual([36, 37, 38, 39, 40, 41]);
  });

  test("OpenFace's 96 px are those of its table, as shares of the extent of its mean landmarks", () => {
    const [least, most] = [
      [0.0792396913815, 0.182360984545],
      [0.971193274221, 1.06080371126],
    ] as const;
    const mean = [
      [0.252418718401, 0.331052263829],
      [0.782865376271, 0.321305281656],
      [0.520712933176, 0.634268222208],
    ] as const;
    expect(openfaceOuterEyesAndNose().anchors.map(([numbers]) => numbers)).toEqual([[36], [45], [33]]);
    placesOf(openfaceOuterEyesAndNose()).forEach((place, i) => {
      for (const axis of [0, 1] as const) {
        const share = (mean[i]![axis] - least[axis]) / (most[axis] - least[axis]);
        expect(place[axis]).toBeCloseTo(96 * share, 5);
      }
    });
  });

  test("dlib's chip has its mean face's eye corner at (0.25 + 0.1206) / 1.5 of 150 px", () => {
    expect(dlibChip5().anchors[2]![1][0]).toBeCloseTo(((0.25 + 0.12057506) / 1.5) * 150 - 0.5, 5);
  });

  test.each([96, 152])("DeepFace's anchors show what the canonical view shows, at %d px", (sizePx) => {
    const [fromAnchors, canonical] = [frameOfTemplate(deepfaceAnchors({ sizePx })), canonicalFrame({ sizePx })];
    expect(scaleOf(fromAnchors.fromReference) / scaleOf(canonical.fromReference)).toBeCloseTo(1, 1);
    for (const mm of [
      [0, 0],
      [0, 60],
    ] as const) {
      const [x, y] = transformPoint(fromAnchors.fromReference, mm);
      const [u, v] = transformPoint(canonical.fromReference, mm);
      expect(Math.hypot(x - u, y - v)).toBeLessThan(0.03 * sizePx);
    }
    const [right, left] = deepfaceAnchors({ sizePx }).anchors;
    expect(left![1][0] - right![1][0]).toBeCloseTo(0.42 * sizePx, 6);
  });
});

describe.each(templates)('$name', (template) => {
  test('a face in its place stays there', () => {
    const places = anchorPoints(face({ noise: 0 }), template);
    const { toImage } = alignToTemplate(dot, face({ noise: 0 }), { template });
    const apart = places.map((place, i) => {
      const [u, v] = transformPoint(invertAffine(toImage), place);
      return Math.hypot(u - template.anchors[i]![1][0], v - template.anchors[i]![1][1]);
    });
    // the mean face of dlib's is not quite ArcFace's, but the fit is near
    expect(Math.max(...apart)).toBeLessThan(0.04 * template.sizePx);
  });

  test('a face that is moved with its photo gives the same crop', () => {
    const number = fc.double({ min: -3, max: 3, noNaN: true });
    const similarity = fc
      .record({ p: number, q: number, c: number, f: number })
      .filter(({ p, q }) => Math.hypot(p, q) > 0.2)
      .map(({ p, q, c, f }): Affine => ({ a: p, b: -q, c: 40 * c, d: q, e: p, f: 40 * f }));
    const affine = fc
      .record({ a: number, b: number, c: number, d: number, e: number, f: number })
      .filter(({ a, b, d, e }) => Math.abs(a * e - b * d) > 0.5);
    const before = templateToImage(face(), template);
    fc.assert(
      fc.property(template.transform === 'affine' ? affine : similarity, (moved) => {
        const expected = composeAffine(before, moved);
        const got = templateToImage(face({ moved }), template);
        for (const corner of [
          [0, 0],
          [template.sizePx, 0],
          [0, template.sizePx],
        ] as const) {
          const [x, y] = transformPoint(got, corner);
          const [u, v] = transformPoint(expected, corner);
          expect(Math.hypot(x - u, y - v)).toBeLessThan(0.02);
        }
      }),
    );
  });

  test('the squared distances are least where the template says', () => {
    const points = anchorPoints(face(), template);
    const error = (toImage: Affine) => {
      const to = template.leastIn === 'photo' ? toImage : invertAffine(toImage);
      return template.anchors.reduce((sum, [, place], i) => {
        const [from, target] = template.leastIn === 'photo' ? [place, points[i]!] : [points[i]!, place];
        const [x, y] = transformPoint(to, from);
        return sum + (x - target[0]) ** 2 + (y - target[1]) ** 2;
      }, 0);
    };
    const best = templateToImage(face(), template);
    for (const step of [1e-3, -1e-3]) {
      const turned: Affine = {
        a: Math.cos(step),
        b: -Math.sin(step),
        c: 0,
        d: Math.sin(step),
        e: Math.cos(step),
        f: 0,
      };
      const scaled: Affine = { a: 1 + step, b: 0, c: 0, d: 0, e: 1 + step, f: 0 };
      const shifted: Affine = { ...identityAffine, c: 100 * step, f: -30 * step };
      for (const by of [turned, scaled, shifted]) expect(error(composeAffine(by, best))).toBeGreaterThan(error(best));
    }
  });

  test('a photo of one pixel, and points beyond it, are no error', () => {
    const { image } = alignToTemplate(dot, face({ moved: { ...identityAffine, c: -900, f: 4000 } }), { template });
    expect([image.width, image.height]).toEqual([template.sizePx, template.sizePx]);
    expect(image.data.every((value) => value === 0)).toBe(true);
  });

  test('landmarks that do not span a face are refused', () => {
    const points = face().points;
    const withNaN = points.slice();
    withNaN[2 * 33] = Number.NaN;
    const inOnePlace = createLandmarks('ibug68', new Float32Array(136).fill(7));
    const short: Landmarks = { scheme: 'ibug68', points: points.slice(2) };
    for (const bad of [inOnePlace, short, { scheme: 'ibug68', points: withNaN } as const]) {
      expect(() => alignToTemplate(dot, bad, { template })).toThrow(degenerate);
    }
  });
});

test('landmarks of another scheme are refused, save that six fiducials come from any', () => {
  const six = createLandmarks('deepface6', Float32Array.of(30, 30, 60, 30, 45, 45, 35, 60, 45, 60, 55, 60));
  expect(() => alignToTemplate(dot, six, { template: arcface112() })).toThrow(degenerate);
  expect(anchorPoints(six, deepfaceAnchors())[2]).toEqual([45, 45]);
  const whole = face();
  const points = anchorPoints(whole, deepfaceAnchors());
  const middle = (whole.points[2 * 62 + 1]! + whole.points[2 * 66 + 1]!) / 2;
  expect(points[4]![1]).toBeCloseTo(middle, 4);
});

test('a line of points fixes no affine', () => {
  const flat = createLandmarks(
    'ibug68',
    Float32Array.from({ length: 136 }, (_, i) => (i >> 1) * 2),
  );
  expect(() => alignToTemplate(dot, flat, { template: openfaceOuterEyesAndNose() })).toThrow(degenerate);
});
