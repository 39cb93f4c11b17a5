import type { Image } from '@kith/core';
import { type Layer, renderPng } from '../adapters/sharp.ts';
import { palette, shorten, svgDocument, svgText } from './svg.ts';

/** One decision as a picture: who was asked about, the nearest enrolled face, and the verdict. */
export interface DecisionCard {
  readonly probe: Image;
  readonly probeLabel: string;
  /** Left out where nothing was compared: the probe then takes the whole width. */
  readonly candidate?: Image;
  readonly candidateLabel?: string;
  readonly accepted: boolean;
  readonly verdict: string;
  /** A line of figures below the verdict. */
  readonly figures: string;
  /** Where the truth is known and the verdict misses it. */
  readonly isWrong?: boolean;
}

export interface DecisionSection {
  readonly title: string;
  readonly cards: readonly DecisionCard[];
}

export interface DecisionSheet {
  readonly title: string;
  readonly subtitle: string;
  readonly sections: readonly DecisionSection[];
}

const columns = 4;
const card = { width: 372, height: 252 };
const tilePx = 158;
const paddingPx = 16;
const gapPx = 18;
const marginPx = 36;
const headerPx = 118;
const sectionTitlePx = 58;

/**
 * Draw decisions as one sheet of cards, in sections.
 *
 * @returns A PNG.
 */
export async function drawDecisions({ title, subtitle, sections }: DecisionSheet): Promise<Uint8Array> {
  const width = 2 * marginPx + columns * card.width + (columns - 1) * gapPx;
  const images: Layer[] = [];
  const signs: string[] = [];
  const body = [
    svgText(title, { x: marginPx, y: marginPx + 34, sizePx: 34, weight: 700 }),
    svgText(subtitle, { x: marginPx, y: marginPx + 66, sizePx: 18, fill: palette.faint }),
  ];
  let top = headerPx;
  for (const section of sections) {
    body.push(svgText(section.title, { x: marginPx, y: top + 36, sizePx: 22, weight: 700 }));
    top += sectionTitlePx;
    for (const [i, item] of section.cards.entries()) {
      const left = marginPx + (i % columns) * (card.width + gapPx);
      const drawn = drawCard(item, { left, top: top + Math.floor(i / columns) * (card.height + gapPx) });
      body.push(drawn.svg);
      images.push(...drawn.images);
      signs.push(drawn.sign);
    }
    top += Math.ceil(section.cards.length / columns) * (card.height + gapPx);
  }
  const height = top + marginPx - gapPx;
  const below = { svg: svgDocument({ width, height }, body.join('')) };
  const above = { svg: svgDocument({ width, height }, signs.join('')) };
  return renderPng({ width, height, background: palette.paper, layers: [below, ...images, above] });
}

function drawCard(
  { probe, probeLabel, candidate, candidateLabel = '', accepted, verdict, figures, isWrong = false }: DecisionCard,
  { left, top }: { readonly left: number; readonly top: number },
): { readonly svg: string; readonly images: readonly Layer[]; readonly sign: string } {
  const colour = accepted ? palette.yes : palette.no;
  const inner = { left: left + paddingPx, top: top + paddingPx, width: card.width - 2 * paddingPx, height: tilePx };
  const probeTile = candidate ? { ...inner, width: tilePx } : inner;
  const candidateTile = { ...inner, left: inner.left + inner.width - tilePx, width: tilePx };
  const images: Layer[] = [{ image: probe, ...probeTile }];
  const edge = isWrong ? `stroke="${palette.wrong}" stroke-width="4"` : 'stroke="#e4e7eb" stroke-width="1"';
  const verdictY = top + card.height - 36;
  const parts = [
    `<rect x="${left}" y="${top}" width="${card.width}" height="${card.height}" rx="14" fill="${palette.card}" ${edge}/>`,
    svgTile(probeTile, probeLabel),
    svgText(shorten(verdict, 38), { x: inner.left, y: verdictY, sizePx: 17, weight: 700, fill: colour }),
    svgText(shorten(figures, 58), { x: inner.left, y: verdictY + 21, sizePx: 12 }),
  ];
  if (candidate) {
    images.push({ image: candidate, ...candidateTile });
    parts.push(svgTile(candidateTile, candidateLabel));
  }
  if (isWrong) {
    const right = { x: inner.left + inner.width, y: verdictY, anchor: 'end' } as const;
    parts.push(svgText('wrong', { ...right, sizePx: 15, weight: 700, fill: palette.wrong }));
  }
  const middle = { x: left + card.width / 2, y: inner.top + tilePx / 2 };
  return { svg: parts.join(''), images, sign: candidate ? svgSign(accepted, middle) : '' };
}

/** The ground of an image, and what it is called below. */
function svgTile({ left, top, width, height }: Omit<Extract<Layer, { image: Image }>, 'image'>, label: string): string {
  return (
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" rx="6" fill="${palette.paper}"/>` +
    svgText(shorten(label, 24), {
      x: left + width / 2,
      y: top + height + 17,
      sizePx: 12,
      fill: palette.faint,
      anchor: 'middle',
    })
  );
}

/** An equals sign in a disc, struck through for no. */
function svgSign(accepted: boolean, { x, y }: { readonly x: number; readonly y: number }): string {
  const strokes = `M${x - 6} ${y - 3}h12M${x - 6} ${y + 3}h12${accepted ? '' : `M${x - 4} ${y + 7}L${x + 4} ${y - 7}`}`;
  return (
    `<circle cx="${x}" cy="${y}" r="14" fill="${accepted ? palette.yes : palette.no}"/>` +
    `<path d="${strokes}" stroke="#fff" stroke-width="2.4" stroke-linecap="round" fill="none"/>`
  );
}
