import { hairCover, type Material, materials } from './head-mesh.ts';
import { hill, layeredNoise, noise, slope } from './noise.ts';
import type { Colour, Person } from './person.ts';

/** How a point looks before light falls on it. `gloss` 0–1; `shade` 0–1 is the light that reaches it past its surroundings. */
export interface Surface {
  red: number;
  green: number;
  blue: number;
  gloss: number;
  shade: number;
}

export interface Expression {
  readonly mouthOpen: number;
  readonly smile: number;
}

/** The colour of a point at (x, y) of the face, in cm about the middle of the eyes. */
export function paintSurface(
  surface: Surface,
  material: Material,
  person: Person,
  expression: Expression,
  x: number,
  y: number,
): void {
  setColour(surface, person.skin);
  surface.gloss = 0.25;
  surface.shade = 1;
  if (material === materials.cloth) paintCloth(surface, person, x, y);
  else if (material === materials.hair) paintHair(surface, person, x, y);
  else if (material === materials.neck) surface.shade = 0.45 + 0.4 * slope(11, 17, y);
  else if (material === materials.ear) surface.shade = 0.7 + 0.3 * slope(0.2, 1.6, Math.hypot((y - 1.4) / 1.6, 0.4));
  else paintHead(surface, person, expression, x, y);
}

function paintHead(surface: Surface, person: Person, expression: Expression, x: number, y: number): void {
  const width = 7.4 * person.faceWidth;
  const angle = Math.abs(x) >= 20 ? 2.4 : Math.asin(Math.max(-1, Math.min(1, x / width)));
  const hair = hairCover(person, angle, y);
  if (hair < 1 && Math.abs(x) < 20) {
    paintSkin(surface, person, expression, x, y);
    paintMouth(surface, person, expression, x, y);
    paintNostrils(surface, person, x, y);
    paintBrow(surface, person, x, y);
    paintEye(surface, person, x, y);
    if (person.glasses) paintGlasses(surface, person, x, y);
  }
  if (hair > 0) {
    const { red, green, blue, gloss, shade } = surface;
    paintHair(surface, person, x, y);
    const strands = slope(
      0.25,
      0.75,
      hair + 0.35 * noise(angle * 30, y * 1.2, person.seed + 7) * (1 - Math.abs(2 * hair - 1)),
    );
    surface.red += (red - surface.red) * (1 - strands);
    surface.green += (green - surface.green) * (1 - strands);
    surface.blue += (blue - surface.blue) * (1 - strands);
    surface.gloss += (gloss - surface.gloss) * (1 - strands);
    surface.shade += (shade - surface.shade) * (1 - strands);
  }
}

function paintSkin(surface: Surface, person: Person, { smile }: Expression, x: number, y: number): void {
  const side = Math.abs(x);
  const tip = 4 + person.noseLength;
  const mouth = tip + 2.9 + person.mouthDrop;
  const mottled =
    1 + 0.05 * layeredNoise(x * 1.3, y * 1.3, person.seed + 3) + 0.045 * noise(x * 9, y * 9, person.seed + 4);
  const flush =
    0.1 * hill(side - 4.2, y - 4, 1.8, 1.6) +
    0.1 * hill(x, y - tip, 1.1, 1) +
    0.05 * hill(side - 3.2, y - 1.4, 1.4, 0.5);
  surface.red *= mottled * (1 + 0.25 * flush);
  surface.green *= mottled * (1 - 1.2 * flush);
  surface.blue *= mottled * (1 - 1.1 * flush);
  const spots =
    person.freckles * slope(0.5, 0.75, noise(x * 3.4, y * 3.4, person.seed + 5)) * slope(7, 3, y) * slope(-4, 0, y);
  mix(surface, [person.skin[0] * 0.6, person.skin[1] * 0.45, person.skin[2] * 0.38], 0.5 * spots);
  // stubble: round the mouth and along the jaw
  const beard =
    person.beard *
    Math.max(
      slope(tip + 0.4, tip + 1.6, y + 0.12 * side * side * 0.3) *
        slope(7.2, 5.5, side) *
        slope(-0.1, 0.4, side / 4 + (y - mouth + 1.2) / 2),
      0,
    );
  mix(surface, person.hair, 0.62 * beard * (0.75 + 0.25 * noise(x * 14, y * 10, person.seed + 6)));
  const eyeX = 3.15 * person.eyeSpacing;
  surface.shade *= 1 - 0.34 * hill(side - eyeX + 1.2, y + 0.5, 0.9, 0.7) - 0.16 * hill(side - eyeX, y, 1.9, 1);
  surface.shade *= 1 - 0.1 * (0.5 + person.age) * hill(side - eyeX + 0.1, y - 1.25, 1.2, 0.28);
  surface.shade *=
    1 -
    0.4 * hill(x, y - tip - 1, 1.3 * person.noseWidth, 0.3) -
    0.22 * hill(side - 1.75 * person.noseWidth, y - tip + 0.1, 0.25, 0.6);
  surface.shade *=
    1 -
    0.22 * hill(x, y - mouth - 1.5, 1.5, 0.35) -
    (0.1 + 0.12 * smile) * hill(side - 2.65 * person.mouthWidth, y - mouth + 0.1, 0.3, 0.4);
  surface.shade *= 1 - 0.3 * slope(4.6, 7.4, side) * slope(-2, 8, y) - 0.35 * slope(10.6, 11.8, y);
  surface.gloss = 0.22 + 0.3 * hill(x, y - tip + 0.3, 0.7, 0.8) + 0.2 * hill(x, y + 5, 3, 2);
}

function paintMouth(surface: Surface, person: Person, { mouthOpen, smile }: Expression, x: number, y: number): void {
  const reach = 2.5 * person.mouthWidth * (1 + 0.1 * smile);
  const along = x / reach;
  if (Math.abs(along) > 1.05) return;
  const mouth = 6.9 + person.noseLength + person.mouthDrop - 0.45 * smile * along * along;
  const taper = Math.max(0, 1 - along * along);
  const bow = 0.12 * Math.exp(-((x / 0.35) ** 2));
  const upper = mouth - person.lipFullness * (0.72 * taper ** 0.8 - bow);
  const lower = mouth + person.lipFullness * 0.95 * taper ** 0.75;
  const lips = slope(upper - 0.08, upper + 0.1, y) * slope(lower + 0.12, lower - 0.1, y);
  const crease = 1 - 0.1 * Math.abs(noise(x * 5, 0.5, person.seed + 8));
  mix(surface, [person.lips[0] * crease, person.lips[1] * crease, person.lips[2] * crease], 0.88 * lips);
  surface.gloss += 0.25 * lips * hill(x, y - mouth - 0.45, 1.2, 0.25);
  const gap = 0.07 + 0.05 * taper + 0.28 * mouthOpen * taper;
  const dark =
    slope(gap + 0.07, gap - 0.03, Math.abs(y - mouth - 0.6 * mouthOpen * taper * 0.3)) *
    slope(1.05, 0.9, Math.abs(along));
  const teeth =
    mouthOpen > 0.12
      ? slope(0.05, 0.25, mouthOpen) * slope(0.75, 0.6, Math.abs(along)) * slope(0.05, 0.12, gap - Math.abs(y - mouth))
      : 0;
  mix(surface, [0.05, 0.018, 0.016], 0.9 * dark * (1 - teeth));
  mix(surface, [0.6, 0.55, 0.48], 0.85 * dark * teeth);
}

function paintNostrils(surface: Surface, person: Person, x: number, y: number): void {
  const tip = 4 + person.noseLength;
  const side = Math.abs(x);
  const nostril = hill(side - 0.78 * person.noseWidth, y - tip - 0.62 - 0.1 * side, 0.36, 0.17);
  mix(surface, [0.05, 0.02, 0.015], Math.min(0.92, 1.25 * nostril));
}

function paintBrow(surface: Surface, person: Person, x: number, y: number): void {
  const along = Math.abs(x) - 3.15 * person.eyeSpacing;
  if (along < -2.4 || along > 2.6) return;
  const middle =
    -2.05 + person.browRise - person.browArch * (1 - ((along - 0.5) / 2) ** 2) - person.eyeTilt * along * 2;
  const half = 0.4 * person.browThickness * slope(2.4, 0.2, along) ** 0.6 + 0.05;
  const ragged = 0.14 * noise(x * 6, y * 3, person.seed + 9);
  const cover =
    slope(half + 0.16, half - 0.14, Math.abs(y - middle) + ragged) *
    slope(-2.2, -1.5, along + ragged) *
    slope(2.5, 2, along);
  const strand = 0.8 + 0.2 * noise(x * 11 + y * 8, y * 4, person.seed + 10);
  const { hair } = person;
  mix(surface, [Math.min(hair[0], 0.13), Math.min(hair[1], 0.08), Math.min(hair[2], 0.05)], 0.9 * cover * strand);
}

function paintEye(surface: Surface, person: Person, x: number, y: number): void {
  const outward = Math.abs(x) - 3.15 * person.eyeSpacing;
  const reach = 1.58 * person.eyeWidth;
  const along = outward / reach;
  if (Math.abs(along) > 1.35 || Math.abs(y) > 1.6) return;
  const middle = -person.eyeTilt * outward * 2;
  const open = Math.max(0, 1 - along * along);
  const upper = middle - 0.62 * person.eyeHeight * open ** 0.62;
  const lower = middle + 0.46 * person.eyeHeight * open ** 0.8;
  // the lid's crease and the lashes' line stand above, a paler rim below
  const crease = hill(0, y - upper + 0.36, 1, 0.09) * slope(1.3, 0.9, Math.abs(along));
  surface.shade *= 1 - 0.42 * crease;
  const inside =
    slope(upper - 0.04, upper + 0.06, y) * slope(lower + 0.05, lower - 0.05, y) * (Math.abs(along) < 1 ? 1 : 0);
  if (inside > 0) {
    const radius = Math.hypot(outward - 0.02, y - middle + 0.08);
    const iris = slope(0.63, 0.56, radius);
    const streak = 1 + 0.35 * noise(Math.atan2(y - middle, outward) * 7, radius * 3, person.seed + 11);
    const white = 0.62 * (1 - 0.35 * Math.abs(along) ** 3) * (1 - 0.4 * hill(0, y - upper, 1, 0.22));
    mix(surface, [white, white * 0.95, white * 0.92], inside);
    mix(surface, [person.iris[0] * streak, person.iris[1] * streak, person.iris[2] * streak], iris * inside);
    mix(
      surface,
      [0.01, 0.01, 0.01],
      inside * Math.max(slope(0.3, 0.24, radius), 0.75 * hill(radius - 0.58, 0, 0.05, 1)),
    );
    surface.gloss = 0.1;
    surface.shade = surface.shade * (1 - inside) + inside * (1 - 0.3 * hill(0, y - upper, 1, 0.25));
    const glint =
      slope(0.16, 0.1, Math.hypot(x - Math.sign(x) * 3.15 * person.eyeSpacing + 0.2, y - middle + 0.28)) * inside;
    mix(surface, [1.2, 1.2, 1.2], 0.9 * glint);
  }
  const lashes =
    hill(0, y - upper, 1, 0.085) * slope(1.18, 0.95, Math.abs(along)) +
    0.4 * hill(0, y - lower, 1, 0.06) * slope(1.05, 0.9, Math.abs(along));
  mix(surface, [0.02, 0.014, 0.012], Math.min(0.92, lashes));
  mix(
    surface,
    [person.skin[0] * 0.95, person.skin[1] * 0.6, person.skin[2] * 0.55],
    0.7 * hill(outward + reach * 0.98, y - middle - 0.05, 0.13, 0.12),
  );
}

function paintGlasses(surface: Surface, person: Person, x: number, y: number): void {
  const side = Math.abs(x);
  // rounded squares: the distance to one has the fourth power where a circle's has the second
  const radius = (((side - 3.25 * person.eyeSpacing) / 2.35) ** 4 + ((y - 0.15) / 1.85) ** 4) ** 0.25;
  const rim = slope(0.11, 0.06, Math.abs(radius - 1));
  const bridge = slope(0.22, 0.14, Math.abs(y + 0.5 + 0.1 * side)) * slope(1.2, 1, side);
  const temple = slope(0.22, 0.14, Math.abs(y + 0.6)) * slope(5.4, 5.6, side);
  mix(surface, [0.025, 0.02, 0.018], 0.95 * Math.max(rim, bridge, temple));
}

function paintHair(surface: Surface, person: Person, x: number, y: number): void {
  const strand =
    1 +
    0.4 * noise(x * 5 + noise(y * 0.4, x, person.seed) * 2, y * 0.35, person.seed + 12) +
    0.3 * noise(x * 13, y * 0.6, person.seed + 13);
  setColour(surface, person.hair);
  surface.red *= strand;
  surface.green *= strand;
  surface.blue *= strand;
  surface.gloss = 0.3;
  surface.shade = 0.85;
}

function paintCloth(surface: Surface, person: Person, x: number, y: number): void {
  const weave = 1 + 0.12 * layeredNoise(x * 0.4, y * 0.4, person.seed + 20) + 0.05 * noise(x * 6, y * 6, 3);
  const hue = noise(person.seed * 1.7, 0.3, 21);
  setColour(surface, [(0.22 + 0.16 * hue) * weave, (0.2 - 0.08 * hue) * weave, (0.24 - 0.16 * hue) * weave]);
  surface.gloss = 0;
}

function setColour(surface: Surface, [red, green, blue]: Colour): void {
  surface.red = red;
  surface.green = green;
  surface.blue = blue;
}

function mix(surface: Surface, [red, green, blue]: Colour, share: number): void {
  if (share <= 0) return;
  surface.red += (red - surface.red) * share;
  surface.green += (green - surface.green) * share;
  surface.blue += (blue - surface.blue) * share;
}
