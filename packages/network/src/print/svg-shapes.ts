/** Colours of a drawing. */
export const colours = {
  ink: '#1f2933',
  faint: '#616e7c',
  line: '#7b8794',
  paper: '#ffffff',
  frame: '#f4f6f8',
  frameEdge: '#d5dbe1',
} as const;

/** A sans-serif that is there. */
export const svgFonts = "Inter, 'DejaVu Sans', 'Liberation Sans', Arial, sans-serif";

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Make a text safe inside SVG; characters that XML does not allow become a visible mark. */
export function escapeSvg(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, '\u{fffd}')
    .replace(/[&<>"']/g, (character) => entities[character]!);
}

export interface TextOptions {
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
  { x, y, sizePx, fill = colours.ink, weight = 400, anchor = 'middle' }: TextOptions,
): string {
  return `<text x="${px(x)}" y="${px(y)}" font-size="${sizePx}" font-weight="${weight}" fill="${fill}" text-anchor="${anchor}">${escapeSvg(text)}</text>`;
}

/** About how wide a text is drawn: a little more than most fonts take. */
export function textWidth(text: string, sizePx: number, { bold = false } = {}): number {
  return [...text].length * sizePx * (bold ? 0.66 : 0.61);
}

export interface RectangleOptions {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly radius: number;
  readonly fill: string;
  readonly stroke: string;
}

export function svgRectangle({ x, y, width, height, radius, fill, stroke }: RectangleOptions): string {
  return `<rect x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}" rx="${radius}" fill="${fill}" stroke="${stroke}"/>`;
}

export type Point = readonly [x: number, y: number];

/** A line of right angles through points; with `arrow` its end has a head. */
export function svgLine(points: readonly Point[], { arrow = false } = {}): string {
  const path = `M${points.map(([x, y]) => `${px(x)} ${px(y)}`).join('L')}`;
  return `<path d="${path}"${arrow ? ' marker-end="url(#head)"' : ''}/>`;
}

/** Wrap shapes in a document that needs nothing but itself. */
export function svgDocument(
  { width, height }: { readonly width: number; readonly height: number },
  body: string,
): string {
  const head =
    '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" markerUnits="userSpaceOnUse" orient="auto">' +
    `<path d="M0 0L8 4L0 8Z" fill="${colours.line}"/></marker></defs>`;
  const size = `width="${px(width)}" height="${px(height)}" viewBox="0 0 ${px(width)} ${px(height)}"`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="${svgFonts}">${head}` +
    `<rect width="100%" height="100%" fill="${colours.paper}"/>${body}</svg>\n`
  );
}

/** Two decimals are a hundredth of a px. */
function px(value: number): number {
  return Math.round(value * 100) / 100;
}
