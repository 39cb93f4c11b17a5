import { hill, layeredNoise, slope } from './noise.ts';
import type { Person } from './person.ts';

/** What a point of the surface is made of. */
export const materials = { skin: 0, hair: 1, ear: 2, neck: 3, cloth: 4 } as const;
export type Material = (typeof materials)[keyof typeof materials];

/**
 * A grid of points in cm about the middle of the eyes: x to the picture's right, y down, z towards the viewer.
 * `positions` has shape `[rows, columns, 3]`; `places` `[rows, columns, 2]` is where a point lay before features moved it,
 * which is where its colour is looked up.
 */
export interface Mesh {
  readonly material: Material;
  readonly rows: number;
  readonly columns: number;
  readonly positions: Float32Array;
  readonly places: Float32Array;
}

type Profile = readonly (readonly [at: number, value: number])[];

// half the head's width, and its depth before and behind, from crown to chin
const halfWidth: Profile = [
  [-12, 0.2],
  [-11.6, 2.4],
  [-10.6, 4.7],
  [-9, 6.3],
  [-6.5, 7.3],
  [-3, 7.5],
  [0, 7.15],
  [3, 6.85],
  [5.5, 6.3],
  [8, 5.15],
  [9.8, 3.7],
  [11, 2.3],
  [11.6, 0.2],
];
const front: Profile = [
  [-12, 0.2],
  [-11.6, 2.9],
  [-10.6, 5.6],
  [-9, 7.4],
  [-6.5, 8.7],
  [-3, 9],
  [0, 8.6],
  [3, 8.7],
  [5.5, 8.8],
  [8, 8.7],
  [9.8, 8.6],
  [11, 8],
  [11.6, 6.6],
];
const behind: Profile = [
  [-12, 0.2],
  [-11.6, 3],
  [-10.6, 5.6],
  [-9, 7.6],
  [-6.5, 9],
  [-3, 9.4],
  [0, 9],
  [3, 8],
  [5.5, 6.4],
  [8, 4],
  [9.8, 0],
  [11, -3.5],
  [11.6, -5.6],
];

/** The face, the skull and the hair on it, in one sheet. */
export function headMesh(
  person: Person,
  { smile = 0, mouthOpen = 0 }: { readonly smile?: number; readonly mouthOpen?: number } = {},
): Mesh {
  return grid(materials.skin, 150, 150, (s, t) => {
    const y = -12 + 23.6 * t;
    // finer in front, where the features are
    const angle = Math.PI * Math.sign(s) * Math.abs(s) ** 1.4;
    const width = at(halfWidth, y) * person.faceWidth * (1 + (person.jawWidth - 1) * slope(2, 8, y));
    const facing = Math.cos(angle);
    // a little flatter in front than an ellipse is
    const roundness = facing > 0 ? Math.abs(facing) ** 0.86 : facing;
    const x = width * Math.sin(angle);
    let z = roundness * (facing > 0 ? at(front, y) : at(behind, y));
    if (facing > 0.15) z += relief(person, x, y, { smile, mouthOpen }) * slope(0.15, 0.5, facing);
    const hair =
      hairCover(person, angle, y) * person.hairThickness * (1 + 0.25 * layeredNoise(angle * 3, y * 0.5, person.seed));
    const length = Math.hypot(x, y + 1, z) || 1;
    const drop = mouthOpen * 1.3 * slope(6.9, 7.3, y) * slope(0.2, 0.6, facing);
    const stretched = (y + drop) * (y > 0 ? person.faceLength : 1);
    return [
      x * (1 + hair / length),
      stretched + ((y + 1) * hair) / length,
      z * (1 + hair / length),
      facing > 0 ? x : Math.sign(x) * 20,
      y,
    ];
  });
}

/** How far features stand out of the egg the head is, in cm. */
function relief(
  person: Person,
  x: number,
  y: number,
  { smile, mouthOpen }: { readonly smile: number; readonly mouthOpen: number },
): number {
  const side = Math.abs(x);
  const eyeX = 3.15 * person.eyeSpacing;
  const tip = 4 + person.noseLength;
  const mouth = tip + 2.9 + person.mouthDrop;
  let z = -1.15 * hill(side - eyeX + 0.2, y - 0.1, 1.7, 1.05) + 0.62 * hill(side - eyeX, y - 0.05, 1.05, 0.75);
  z += 0.45 * hill(side - eyeX + 0.3, y + 2 - person.browRise, 2.2, 0.7);
  z +=
    0.45 * person.cheekbones * hill(side - 4.6, y - 3, 1.6, 1.3) + smile * 0.35 * hill(side - 3.9, y - 4.6, 1.2, 1.2);
  // nose: a ridge that rises and widens to the tip, wings beside it, and a steep end beneath
  const along = slope(-1.2, tip, y);
  const end = 1 - slope(tip + 0.15, tip + 0.95, y);
  z +=
    person.noseHeight *
    (0.35 + 2.1 * along) *
    Math.exp(-((x / (person.noseWidth * (0.62 + 0.42 * along))) ** 2) / 2) *
    end *
    slope(-3, -0.6, y);
  z += person.noseHeight * 0.85 * hill(side - 1.25 * person.noseWidth, y - tip - 0.15, 0.42, 0.5);
  // mouth: two lips with a groove between, the hollow above and below, the chin
  z += 0.35 * hill(x, y - mouth, 3, 1.5);
  z +=
    0.34 *
    person.lipFullness *
    (hill(x, y - mouth + 0.45, 1.5 * person.mouthWidth, 0.34) +
      1.15 * hill(x, y - mouth - 0.55, 1.35 * person.mouthWidth, 0.4));
  z -= (0.3 + mouthOpen) * hill(x, y - mouth - 0.05, 1.9 * person.mouthWidth, 0.16);
  z -= 0.16 * hill(x, y - mouth + 1.5, 0.35, 0.6) + 0.4 * hill(x, y - mouth - 1.6, 1.6, 0.45);
  z += 0.55 * hill(x, y - 10, 1.7, 0.9);
  // the fold from the nose's wing to the mouth's corner
  const fold = 1.9 + 0.45 * (y - tip);
  z -=
    (0.08 + 0.14 * person.age + 0.16 * smile) *
    Math.exp(-(((side - fold) / 0.28) ** 2) / 2) *
    slope(tip - 0.6, tip + 0.4, y) *
    (1 - slope(mouth, mouth + 1, y));
  return z;
}

/** How much hair grows at an angle around the head and a height, 0–1. */
export function hairCover(person: Person, angle: number, y: number): number {
  const turn = Math.abs(angle);
  const wave = 0.5 * layeredNoise(angle * 4, 3, person.seed + 31);
  const forehead = -6.4 - person.hairline + wave + 1.1 * Math.cos(turn * 2.4);
  // over the temples the line falls to the ear, behind it to the nape
  const line = forehead + (1.5 - forehead) * slope(0.95, 1.3, turn) + 6.5 * slope(1.6, 1.9, turn);
  return 1 - slope(line - 0.5, line + 0.5, y);
}

/** The parts that are plain bodies: ears, neck, shoulders, and hair that hangs behind. */
export function bodyMeshes(person: Person): Mesh[] {
  const ear = (side: number) => ellipsoid(materials.ear, [side * 7.35 * person.faceWidth, 1.4, -0.6], [0.75, 3, 1.7]);
  const parts = [
    ear(-1),
    ear(1),
    ellipsoid(materials.neck, [0, 14, -2.4], [5.6 * person.jawWidth, 11, 5.6]),
    ellipsoid(materials.cloth, [0, 31, -4], [22, 12.5, 9]),
  ];
  if (person.longHair) parts.push(ellipsoid(materials.hair, [0, 2.6, -4.2], [9.1 * person.faceWidth, 13.6, 6.6]));
  return parts;
}

function ellipsoid(
  material: Material,
  [cx, cy, cz]: readonly [number, number, number],
  [rx, ry, rz]: readonly [number, number, number],
): Mesh {
  return grid(material, 40, 48, (s, t) => {
    const ring = Math.sin(Math.PI * t);
    const x = cx + rx * ring * Math.sin(Math.PI * s);
    const y = cy - ry * Math.cos(Math.PI * t);
    return [x, y, cz + rz * ring * Math.cos(Math.PI * s), x, y];
  });
}

/** `point` receives s in [-1, 1] around and t in [0, 1] downwards; it answers x, y, z and the place for its colour. */
function grid(
  material: Material,
  rows: number,
  columns: number,
  point: (s: number, t: number) => readonly [number, number, number, number, number],
): Mesh {
  const positions = new Float32Array(rows * columns * 3);
  const places = new Float32Array(rows * columns * 2);
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i++) {
      const [x, y, z, u, v] = point((2 * column) / (columns - 1) - 1, row / (rows - 1));
      positions.set([x, y, z], 3 * i);
      places.set([u, v], 2 * i);
    }
  }
  return { material, rows, columns, positions, places };
}

/** The value of a profile at a height: linear between its points, smoothed by averaging near them. */
function at(profile: Profile, y: number): number {
  return (linear(profile, y - 0.5) + 2 * linear(profile, y) + linear(profile, y + 0.5)) / 4;
}

function linear(profile: Profile, y: number): number {
  let i = 1;
  while (i < profile.length - 1 && profile[i]![0] < y) i++;
  const [y0, v0] = profile[i - 1]!;
  const [y1, v1] = profile[i]!;
  return v0 + (v1 - v0) * Math.min(1, Math.max(0, (y - y0) / (y1 - y0)));
}
