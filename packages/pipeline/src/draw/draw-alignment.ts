import { type Affine, composeAffine, type Image, invertAffine, type Point, transformPoint } from '@kith/core';
import { renderPng } from '../adapters/sharp.ts';
import type { LocatedFace } from '../recognizer.ts';
import { palette, round, svgDocument, svgLandmarks, svgText } from './svg.ts';

const tallPx = 640;
const marginPx = 28;
const captionPx = 44;

/**
 * Draw what the alignment does: the photo with the aligned square outlined, and the square itself enlarged with its landmarks.
 *
 * @param face - As `detect` gives it, for this photo.
 * @returns A PNG.
 */
export async function drawAlignment(image: Image, face: LocatedFace): Promise<Uint8Array> {
  const scale = Math.min(tallPx / image.height, (2 * tallPx) / image.width);
  const photo = {
    width: Math.max(1, Math.round(image.width * scale)),
    height: Math.max(1, Math.round(image.height * scale)),
  };
  const chip = face.aligned.image;
  const chipLeft = marginPx * 2 + photo.width;
  const width = chipLeft + tallPx + marginPx;
  const height = tallPx + 2 * marginPx + captionPx;
  const photoTop = marginPx + Math.round((tallPx - photo.height) / 2);
  const photoToDrawing: Affine = { a: scale, b: 0, c: marginPx, d: 0, e: scale, f: photoTop };
  const enlarge = tallPx / chip.width;
  const chipToDrawing: Affine = { a: enlarge, b: 0, c: chipLeft, d: 0, e: enlarge, f: marginPx };
  const body =
    svgQuadrilateral(face, photoToDrawing) +
    svgLandmarks(face.landmarks, { toDrawing: photoToDrawing, widthPx: 0.9 }) +
    svgLandmarks(face.landmarks, {
      toDrawing: composeAffine(invertAffine(face.aligned.toImage), chipToDrawing),
      widthPx: 1.6,
    }) +
    svgText(`photo, ${image.width} × ${image.height} px`, caption(marginPx + photo.width / 2, height)) +
    svgText(`aligned, ${chip.width} × ${chip.height} px`, caption(chipLeft + tallPx / 2, height));
  return renderPng({
    width,
    height,
    background: palette.paper,
    layers: [
      { image, left: marginPx, top: photoTop, ...photo },
      { image: chip, left: chipLeft, top: marginPx, width: tallPx, height: Math.round(chip.height * enlarge) },
      { svg: svgDocument({ width, height }, body) },
    ],
  });
}

const caption = (x: number, height: number) =>
  ({ x, y: height - marginPx - captionPx / 4, sizePx: 19, fill: palette.faint, anchor: 'middle' }) as const;

/** The outline of the aligned square where it lies in the photo, with its upper edge marked. */
function svgQuadrilateral({ aligned: { image, toImage } }: LocatedFace, photoToDrawing: Affine): string {
  const right = image.width - 0.5;
  const bottom = image.height - 0.5;
  const corners: Point[] = [
    [-0.5, -0.5],
    [right, -0.5],
    [right, bottom],
    [-0.5, bottom],
  ];
  const place = composeAffine(toImage, photoToDrawing);
  const drawn = corners.map((corner) => transformPoint(place, corner).map(round).join(' '));
  const outline = `M${drawn.join('L')}Z`;
  return (
    `<g fill="none" stroke-linejoin="round"><path d="${outline}" stroke="#000" stroke-opacity="0.4" stroke-width="6"/>` +
    `<path d="${outline}" stroke="${palette.accent}" stroke-width="3"/>` +
    `<path d="M${drawn[0]}L${drawn[1]}" stroke="${palette.yes}" stroke-width="5" stroke-linecap="round"/></g>`
  );
}
