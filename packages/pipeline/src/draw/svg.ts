import { type Affine, ibug68, type Landmarks, landmark, transformLandmarks } from '@kith/core';
import { escapeSvg, svgFonts } from '@kith/network';

/** Colours of all pictures. */
export const palette = {
  yes: '#12b886',
  no: '#e8590c',
  wrong: '#c92a2a',
  accent: '#22b8cf',
  ink: '#1f2933',
  faint: '#7b8794',
  paper: '#f7f8fa',
  card: '#ffffff',
  /** Where a picture has nothing to show. */
  blank: '#e4e7eb',
} as const;

/** Which parts of an `ibug68` face are drawn as closed lines. */
const closed: ReadonlySet<string> = new Set(['rightEye', 'leftEye', 'outerLips', 'innerLips']);

/** Cut a text to at most so many characters, with an ellipsis. */
export function shorten(text: string, characters: number): string {
  const all = [...text];
  return all.length <= characters ? text : `${all.slice(0, characters - 1).join('')}…`;
}

/** Wrap drawing in an SVG document of a size in px. */
export function svgDocument(
  { width, height }: { readonly width: number; readonly height: number },
  body: string,
): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${body}</svg>`;
}

export interface TextStyle {
  readonly x: number;
  /** Baseline. */
  readonly y: number;
  readonly sizePx: number;
  readonly fill?: string;
  readonly weight?: number;
  readonly anchor?: 'start' | 'middle' | 'end';
}

/** One line of text. */
export function svgText(
  text: string,
  { x, y, sizePx, fill = palette.ink, weight = 400, anchor = 'start' }: TextStyle,
): string {
  return `<text x="${round(x)}" y="${round(y)}" font-family="${svgFonts}" font-size="${round(sizePx)}" font-weight="${weight}" fill="${fill}" text-anchor="${anchor}">${escapeSvg(text)}</text>`;
}

/** The lines of jaw, brows, nose, eyes and mouth, and a dot for every point, dark-edged so that they show on any skin. */
export function svgLandmarks(
  landmarks: Landmarks,
  { toDrawing, widthPx }: { readonly toDrawing: Affine; readonly widthPx: number },
): string {
  const moved = transformLandmarks(landmarks, toDrawing);
  const lines = Object.entries(ibug68).map(([part, [from, to]]) => {
    const points = Array.from({ length: to - from }, (_, i) =>
      landmark(moved, from + i)
        .map(round)
        .join(' '),
    );
    return `M${points.join('L')}${closed.has(part) ? 'Z' : ''}`;
  });
  const path = lines.join('');
  const dots = Array.from({ length: moved.points.length / 2 }, (_, i) => {
    const [x, y] = landmark(moved, i);
    return `<circle cx="${round(x)}" cy="${round(y)}" r="${round(widthPx * 1.3)}"/>`;
  });
  return (
    `<g fill="none" stroke-linejoin="round" stroke-linecap="round">` +
    `<path d="${path}" stroke="#000" stroke-opacity="0.45" stroke-width="${round(widthPx * 2.6)}"/>` +
    `<path d="${path}" stroke="#fff" stroke-width="${round(widthPx)}"/></g><g fill="${palette.accent}">${dots.join('')}</g>`
  );
}

/** Three decimals are a thousandth of a px. */
export function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
