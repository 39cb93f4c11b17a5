import {
  type Affine,
  type Box,
  boxSize,
  composeAffine,
  type Image,
  invertAffine,
  type Point,
  transformPoint,
} from '@kith/core';
import { renderPng } from '../adapters/sharp.ts';
import type { LocatedFace } from '../locate-faces.ts';
import { palette, round, svgDocument, svgLandmarks, svgText } from './svg.ts';

const tallPx = 640;
const marginPx = 28;
const captionPx = 44;

/** Where things lie in the drawing, in its px. */
interface Layout {
  readonly width: number;
  readonly height: number;
  /** Of the photo and what the aligned square reaches beyond it. */
  readonly viewWidth: number;
  readonly chipLeft: number;
  readonly photoToDrawing: Affine;
}

/**
 * Draw what the alignment does: the photo with the aligned square outlined, and the square itself enlarged with its landmarks.
 *
 * @param face - As `detect` gives it, for this photo.
 * @returns A PNG.
 */
export async function drawAlignment(image: Image, face: LocatedFace): Promise<Uint8Array> {
  const layout = layoutOf(image, face);
  const { width, height, chipLeft, photoToDrawing } = layout;
  return renderPng({
    width,
    height,
    background: palette.paper,
    layers: [
      {
        image,
        left: Math.round(photoToDrawing.c),
        top: Math.round(photoToDrawing.f),
        width: Math.max(1, Math.round(image.width * photoToDrawing.a)),
        height: Math.max(1, Math.round(image.height * photoToDrawing.a)),
      },
      { image: face.aligned.image, left: chipLeft, top: marginPx, width: tallPx, height: tallPx },
      { svg: svgDocument({ width, height }, svgMarks(image, face, layout)) },
    ],
  });
}

function layoutOf(image: Image, face: LocatedFace): Layout {
  const { view, scale } = viewOf(image, face);
  const viewWidth = Math.round(boxSize(view).width * scale);
  const chipLeft = marginPx * 2 + viewWidth;
  return {
    width: chipLeft + tallPx + marginPx,
    height: tallPx + 2 * marginPx + captionPx,
    viewWidth,
    chipLeft,
    photoToDrawing: {
      a: scale,
      b: 0,
      c: marginPx - view.xMin * scale,
      d: 0,
      e: scale,
      f: marginPx - view.yMin * scale,
    },
  };
}

/** The outline, the landmarks on both pictures, and the captions. */
function svgMarks(image: Image, face: LocatedFace, layout: Layout): string {
  const { height, viewWidth, chipLeft, photoToDrawing } = layout;
  const chip = face.aligned.image;
  const enlarge = tallPx / chip.height;
  const chipToDrawing: Affine = { a: enlarge, b: 0, c: chipLeft, d: 0, e: enlarge, f: marginPx };
  const chipLandmarks = composeAffine(invertAffine(face.aligned.toImage), chipToDrawing);
  return (
    svgQuadrilateral(face, photoToDrawing) +
    svgLandmarks(face.landmarks, { toDrawing: photoToDrawing, widthPx: 0.9 }) +
    svgLandmarks(face.landmarks, { toDrawing: chipLandmarks, widthPx: 1.6 }) +
    svgText(`photo, ${image.width} × ${image.height} px`, caption(marginPx + viewWidth / 2, height)) +
    svgText(`aligned, ${chip.width} × ${chip.height} px`, caption(chipLeft + tallPx / 2, height))
  );
}

/** The photo and the aligned square around, which may reach beyond it; the scale lets both fit. */
function viewOf(image: Image, { aligned }: LocatedFace): { readonly view: Box; readonly scale: number } {
  const corners = cornersOf(aligned.image).map((corner) => transformPoint(aligned.toImage, corner));
  const view = {
    xMin: Math.min(0, ...corners.map(([x]) => x)),
    yMin: Math.min(0, ...corners.map(([, y]) => y)),
    xMax: Math.max(image.width, ...corners.map(([x]) => x)),
    yMax: Math.max(image.height, ...corners.map(([, y]) => y)),
  };
  const { width, height } = boxSize(view);
  return { view, scale: Math.min(tallPx / height, (2 * tallPx) / width) };
}

const caption = (x: number, height: number) =>
  ({ x, y: height - marginPx - captionPx / 4, sizePx: 19, fill: palette.faint, anchor: 'middle' }) as const;

/** The corners of an image, where the centre of its first pixel is (0, 0): from the top left, clockwise. */
function cornersOf({ width, height }: Image): readonly Point[] {
  const right = width - 0.5;
  const bottom = height - 0.5;
  return [
    [-0.5, -0.5],
    [right, -0.5],
    [right, bottom],
    [-0.5, bottom],
  ];
}

/** The outline of the aligned square where it lies in the photo, with its upper edge marked. */
function svgQuadrilateral({ aligned: { image, toImage } }: LocatedFace, photoToDrawing: Affine): string {
  const place = composeAffine(toImage, photoToDrawing);
  const drawn = cornersOf(image).map((corner) => transformPoint(place, corner).map(round).join(' '));
  const outline = `M${drawn.join('L')}Z`;
  return (
    `<g fill="none" stroke-linejoin="round"><path d="${outline}" stroke="#000" stroke-opacity="0.4" stroke-width="6"/>` +
    `<path d="${outline}" stroke="${palette.accent}" stroke-width="3"/>` +
    `<path d="M${drawn[0]}L${drawn[1]}" stroke="${palette.yes}" stroke-width="5" stroke-linecap="round"/></g>`
  );
}
