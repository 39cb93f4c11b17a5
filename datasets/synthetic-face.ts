import type { Box, Image, Point } from '@kith/core';
import sharp from 'sharp';
import { placeOf, type Sitter } from './synthetic/camera.ts';
import { createPerson } from './synthetic/person.ts';
import { drawScene } from './synthetic/scene.ts';
import { createView, type View } from './synthetic/view.ts';

export type { View } from './synthetic/view.ts';

export interface SyntheticFaceOptions {
  /** Seed of the person: the same number is the same person. */
  readonly identity: number;
  /** Seed of how the picture was taken; 0 is frontal in even light. */
  readonly view?: number;
  /** Side of the square picture in px. */
  readonly size?: number;
  /** Traits of the view to set, whatever its seed says. */
  readonly overrides?: Partial<View>;
}

/** What is true of a drawn face, in px of its picture. "Right" is the person's own. */
export interface DrawnFace {
  readonly identity: number;
  /** Brows to chin, ear to ear. */
  readonly box: Box;
  readonly rightEye: Point;
  readonly leftEye: Point;
  readonly noseTip: Point;
}

export interface GroupOptions {
  readonly identities: readonly number[];
  readonly view?: number;
  /** Height of the picture in px; it is as wide as the people need. */
  readonly height?: number;
}

/** Draw one person's head and shoulders. Nobody: every trait comes from a seed. */
export function syntheticFace({ identity, view = 0, size = 256, overrides = {} }: SyntheticFaceOptions): Image {
  const sitter = sit({ identity, view, overrides });
  return drawScene([sitter], { width: size, height: size, seed: sitter.view.seed + identity * 13 });
}

/** Where the parts of {@link syntheticFace}'s picture with the same options lie. */
export function syntheticTruth({ identity, view = 0, size = 256, overrides = {} }: SyntheticFaceOptions): DrawnFace {
  return truthOf(identity, sit({ identity, view, overrides }), { width: size, height: size });
}

/** Draw several people side by side. */
export function syntheticGroup({ identities, view = 0, height = 360 }: GroupOptions): {
  readonly image: Image;
  readonly faces: readonly DrawnFace[];
} {
  const spacing = Math.round(height * 0.62);
  const width = spacing * (identities.length + 1);
  const sitters = identities.map((identity, place) => {
    const own = createView(view === 0 ? 0 : view * 31 + place);
    const centre = [(spacing * (place + 1)) / width, 0.46 + 0.03 * (place % 2)] as const;
    return { person: createPerson(identity), view: { ...own, headHeight: own.headHeight * 0.8, centre } };
  });
  const image = drawScene(sitters, { width, height, seed: view + 1000 });
  return { image, faces: sitters.map((sitter, i) => truthOf(identities[i]!, sitter, { width, height })) };
}

/** {@link syntheticFace} as the bytes of a file. */
export function syntheticPhoto({
  format = 'jpeg',
  ...options
}: SyntheticFaceOptions & { readonly format?: PhotoFormat }): Promise<Uint8Array> {
  return encodePhoto(syntheticFace(options), { format });
}

export type PhotoFormat = 'jpeg' | 'png' | 'webp' | 'avif' | 'tiff';

/** Encode an image as a file's bytes; JPEG at quality 92. */
export async function encodePhoto(
  { width, height, data }: Image,
  { format = 'jpeg' }: { readonly format?: PhotoFormat } = {},
): Promise<Uint8Array> {
  const raw = sharp(data, { raw: { width, height, channels: 3 } });
  return new Uint8Array(await raw.toFormat(format, format === 'jpeg' ? { quality: 92 } : {}).toBuffer());
}

function sit({
  identity,
  view,
  overrides,
}: {
  readonly identity: number;
  readonly view: number;
  readonly overrides: Partial<View>;
}): Sitter {
  return { person: createPerson(identity), view: { ...createView(view), ...overrides } };
}

function truthOf(
  identity: number,
  sitter: Sitter,
  size: { readonly width: number; readonly height: number },
): DrawnFace {
  const { eyeSpacing, faceWidth, faceLength, noseLength } = sitter.person;
  const place = (x: number, y: number, z: number) => placeOf(sitter, size, [x, y, z]);
  const outline = [
    place(-7 * faceWidth, 0, 0),
    place(7 * faceWidth, 0, 0),
    place(0, -3, 8),
    place(0, 11.4 * faceLength, 7),
  ];
  const [xs, ys] = [outline.map(([x]) => x), outline.map(([, y]) => y)];
  return {
    identity,
    box: { xMin: Math.min(...xs), yMin: Math.min(...ys), xMax: Math.max(...xs), yMax: Math.max(...ys) },
    rightEye: place(-3.15 * eyeSpacing, 0, 7.8),
    leftEye: place(3.15 * eyeSpacing, 0, 7.8),
    noseTip: place(0, (4 + noseLength) * faceLength, 11),
  };
}
