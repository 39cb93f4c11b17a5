import { palette, svgText } from './svg.ts';

export interface ReasonPlace {
  /** Side of the square panel. */
  readonly sizePx: number;
}

const textPx = 16;

/** Letters of this size are about half as wide. */
const letterShare = 0.54;

/** A panel that has nothing to show, and why. */
export function svgReason(reason: string, { sizePx }: ReasonPlace): string {
  const lines = wrap(reason, { widthPx: sizePx - 48 }).slice(0, 9);
  const top = sizePx / 2 - (lines.length * textPx * 1.3) / 2;
  const ground = `<rect width="${sizePx}" height="${sizePx}" fill="${palette.blank}"/>`;
  return ground + svgLines(lines, { x: sizePx / 2, top, fill: palette.ink });
}

/** A reason at the lower edge of a picture that shows something else instead. */
export function svgBanner(reason: string, { sizePx }: ReasonPlace): string {
  const lines = wrap(reason, { widthPx: sizePx - 24 }).slice(0, 4);
  const height = lines.length * textPx * 1.3 + 14;
  const ground = `<rect y="${sizePx - height}" width="${sizePx}" height="${height}" fill="${palette.ink}" fill-opacity="0.82"/>`;
  return ground + svgLines(lines, { x: sizePx / 2, top: sizePx - height + 5, fill: '#fff' });
}

/** Break a text at its spaces into lines of about a width. */
function wrap(text: string, { widthPx }: { readonly widthPx: number }): readonly string[] {
  const most = Math.floor(widthPx / (textPx * letterShare));
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && longer.length <= most) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

function svgLines(
  lines: readonly string[],
  { x, top, fill }: { readonly x: number; readonly top: number; readonly fill: string },
): string {
  return lines
    .map((line, i) => svgText(line, { x, y: top + textPx * (1.3 * i + 1), sizePx: textPx, fill, anchor: 'middle' }))
    .join('');
}
