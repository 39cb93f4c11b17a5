import { createImage, createRandom, type Image, type Point, type Random } from '@kith/core';
import type { SurreyModel } from './surrey-model.ts';

/** px of the painted skin a mm. */
const pxPerMm = 3;

/** Radius of the cylinder that the skin is unrolled from, and how far behind the mean face's origin its axis lies, in mm. */
const cylinder = { radius: 80, behind: 110 };

/** The painted skin of a head, unrolled from a cylinder around the mean face. */
export interface Skin {
  readonly image: Image;
  /** Where each vertex lies in px of the image. Shape `[vertices, 2]`. */
  readonly places: Float64Array;
}

type Colour = readonly [red: number, green: number, blue: number];

interface Look {
  readonly skin: Colour;
  readonly lips: Colour;
  readonly brows: Colour;
  readonly iris: Colour;
  readonly waves: readonly { readonly across: number; readonly down: number; readonly phase: number }[];
  /** Moles and one scar's beads, in mm of the unrolled skin: on one side more than on the other, so that a mirror shows. */
  readonly marks: readonly { readonly at: Point; readonly radius: number }[];
}

/** Unroll a point of the mean face: along the cylinder's circle, and down, in mm. */
export function unroll(x: number, y: number, z: number): Point {
  return [cylinder.radius * Math.atan2(x, cylinder.behind - z), y];
}

/**
 * Paint a face: skin with slow shades, brows, eyes, lips, nostrils, and marks that are not symmetric. Colours and marks come from the seed.
 *
 * @param model - Whose mean face and landmarks say where the parts lie.
 */
export function paintSkin({ mean, landmarkVertices }: SurreyModel, { seed }: { readonly seed: number }): Skin {
  const vertices = mean.length / 3;
  const unrolled = Array.from({ length: vertices }, (_, i) => unroll(mean[3 * i]!, mean[3 * i + 1]!, mean[3 * i + 2]!));
  const left = Math.min(...unrolled.map(([x]) => x)) - 1;
  const top = Math.min(...unrolled.map(([, y]) => y)) - 1;
  const right = Math.max(...unrolled.map(([x]) => x)) + 1;
  const bottom = Math.max(...unrolled.map(([, y]) => y)) + 1;
  const image = createImage({
    width: Math.ceil((right - left) * pxPerMm),
    height: Math.ceil((bottom - top) * pxPerMm),
  });
  const look = lookOf(createRandom(seed ^ 0x5eed));
  const parts = partsOf((number) => unrolled[landmarkVertices[number]!]!);
  for (let v = 0, o = 0; v < image.height; v++) {
    for (let u = 0; u < image.width; u++, o += 3) {
      image.data.set(colourAt([left + u / pxPerMm, top + v / pxPerMm], { look, parts }), o);
    }
  }
  const places = Float64Array.from(unrolled.flatMap(([x, y]) => [(x - left) * pxPerMm, (y - top) * pxPerMm]));
  return { image, places };
}

function lookOf(random: Random): Look {
  const between = (from: number, to: number) => from + (to - from) * random();
  const light = between(0.45, 1);
  const marks = Array.from({ length: 7 }, () => ({
    // five in seven on the person's left
    at: [(random() < 5 / 7 ? 1 : -1) * between(14, 62), between(-75, 50)] as Point,
    radius: between(1.2, 3),
  }));
  const scar = { x: between(-55, -30), y: between(-10, 25) };
  const beads = Array.from({ length: 9 }, (_, i) => ({
    at: [scar.x + i * 1.6, scar.y + i * 1.1] as Point,
    radius: 1.3,
  }));
  return {
    skin: [235 * light, 188 * light, 160 * light],
    lips: [190 * light, 95 * light, 95 * light],
    brows: [between(30, 110), between(25, 70), between(20, 50)],
    iris: random() < 0.5 ? [70, 105, 140] : [85, 55, 35],
    waves: Array.from({ length: 6 }, () => ({
      across: between(-0.16, 0.16),
      down: between(-0.16, 0.16),
      phase: between(0, 2 * Math.PI),
    })),
    marks: [...marks, ...beads],
  };
}

interface Parts {
  readonly brows: readonly (readonly Point[])[];
  readonly eyes: readonly { readonly outline: readonly Point[]; readonly middle: Point }[];
  readonly lips: readonly Point[];
  readonly mouth: readonly Point[];
  readonly nostrils: readonly Point[];
}

function partsOf(place: (number: number) => Point): Parts {
  const run = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => place(from + i));
  const eye = (from: number) => {
    const outline = run(from, from + 6);
    const middle: Point = [mean(outline.map(([x]) => x)), mean(outline.map(([, y]) => y))];
    return { outline, middle };
  };
  return {
    brows: [run(17, 22), run(22, 27)],
    eyes: [eye(36), eye(42)],
    lips: run(48, 60),
    mouth: [place(48), place(61), place(62), place(63), place(54)],
    nostrils: [place(32), place(34)],
  };
}

function colourAt([x, y]: Point, { look, parts }: { readonly look: Look; readonly parts: Parts }): Colour {
  for (const { outline, middle } of parts.eyes) {
    if (!isInside(outline, [x, y])) continue;
    const fromMiddle = Math.hypot(x - middle[0], y - middle[1]);
    if (fromMiddle < 2.2) return [15, 15, 18];
    return fromMiddle < 5.4 ? look.iris : [225, 222, 218];
  }
  const lid = Math.min(...parts.eyes.map(({ outline }) => distanceToLine([...outline, outline[0]!], [x, y])));
  const brow = Math.min(...parts.brows.map((points) => distanceToLine(points, [x, y])));
  const nostril = Math.min(...parts.nostrils.map(([nx, ny]) => Math.hypot((x - nx) / 1.5, y - ny)));
  if (distanceToLine(parts.mouth, [x, y]) < 0.8) return [60, 25, 25];
  if (isInside(parts.lips, [x, y])) return look.lips;
  if (nostril < 1.7) return [60, 35, 30];
  if (lid < 1) return [70, 50, 45];
  if (brow < 2.6) return look.brows;
  if (look.marks.some(({ at, radius }) => Math.hypot(x - at[0], y - at[1]) < radius)) return [85, 50, 42];
  const wave = look.waves.reduce((sum, { across, down, phase }) => sum + Math.sin(across * x + down * y + phase), 0);
  const shade = 1 + 0.035 * wave;
  return [look.skin[0] * shade, look.skin[1] * shade, look.skin[2] * shade].map((value) =>
    Math.min(255, value),
  ) as unknown as Colour;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Whether a point lies inside a polygon: an odd number of its sides cross the ray to the right. */
function isInside(polygon: readonly Point[], [x, y]: Point): boolean {
  let odd = false;
  polygon.forEach(([ax, ay], i) => {
    const [bx, by] = polygon[(i + 1) % polygon.length]!;
    if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) odd = !odd;
  });
  return odd;
}

/** Distance of a point to the nearest place of an open line. */
function distanceToLine(points: readonly Point[], [x, y]: Point): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 1; i < points.length; i++) {
    const [ax, ay] = points[i - 1]!;
    const [dx, dy] = [points[i]![0] - ax, points[i]![1] - ay];
    const share = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)));
    least = Math.min(least, Math.hypot(x - ax - share * dx, y - ay - share * dy));
  }
  return least;
}
