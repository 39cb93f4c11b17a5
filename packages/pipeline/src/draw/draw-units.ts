import type { Image } from '@kith/core';
import type { UnitView } from '@kith/network';
import { type Layer, renderPng } from '../adapters/sharp.ts';
import { palette, round, shorten, svgDocument, svgText } from './svg.ts';

const photoPx = 420;
const tilePx = 150;
const gapPx = 8;
const marginPx = 28;
const headPx = 76;
const captionPx = 40;
const columns = 3;
const cardPx = { width: 2 * tilePx + gapPx, height: tilePx + captionPx } as const;

export interface UnitsDrawing {
  readonly network: string;
  readonly layer: string;
  /** Of the network's input: 1 or 3. */
  readonly channels: number;
  readonly units: readonly UnitView[];
}

/**
 * Draw what units look for: the photo with the part that makes each strongest, then for each that part beside its reconstruction.
 *
 * @param shown - What the network was shown, of its input's size.
 * @returns A PNG.
 */
export async function drawUnits(shown: Image, { network, layer, channels, units }: UnitsDrawing): Promise<Uint8Array> {
  const rows = Math.ceil(units.length / columns);
  const across = Math.min(columns, units.length);
  const photo = fit(shown, photoPx);
  const width = marginPx * 2 + photoPx + across * (cardPx.width + marginPx);
  const height = headPx + Math.max(photo.height + captionPx, rows * (cardPx.height + gapPx)) + marginPx;
  const cards = units.map((view, i) => ({
    view,
    left: marginPx * 2 + photoPx + (i % columns) * (cardPx.width + marginPx),
    top: headPx + Math.floor(i / columns) * (cardPx.height + gapPx),
  }));
  const layers: Layer[] = [{ image: shown, left: marginPx, top: headPx, ...photo }];
  for (const { view, left, top } of cards) {
    const tile = { top, width: tilePx, height: tilePx };
    layers.push({ image: cut(shown, view), left, ...tile });
    layers.push({ image: reconstruction(shown, view, channels), left: left + tilePx + gapPx, ...tile });
  }
  const scale = photo.width / shown.width;
  const body =
    svgText(shorten(`${network}, ${layer}`, 60), { x: marginPx, y: 38, sizePx: 24, weight: 700 }) +
    svgText(subtitle(units.length), { x: marginPx, y: 60, sizePx: 15, fill: palette.faint }) +
    units.map((view, i) => svgField(view, { number: i + 1, scale })).join('') +
    cards.map(({ view, left, top }, i) => svgCaption(view, { number: i + 1, left, top })).join('');
  return renderPng({
    width,
    height,
    background: palette.paper,
    layers: [...layers, { svg: svgDocument({ width, height }, body) }],
  });
}

function subtitle(count: number): string {
  if (count === 0) return 'no unit of this layer is active in this photo';
  return 'left: the part of the photo at which a unit is strongest; right: what of it made it so';
}

function fit({ width, height }: Image, sidePx: number): { readonly width: number; readonly height: number } {
  const scale = sidePx / Math.max(width, height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

function svgField(
  { field: { top, right, bottom, left } }: UnitView,
  { number, scale }: { readonly number: number; readonly scale: number },
): string {
  const [x, y] = [marginPx + left * scale, headPx + top * scale];
  const frame = `x="${round(x)}" y="${round(y)}" width="${round((right - left) * scale)}" height="${round((bottom - top) * scale)}"`;
  return (
    `<rect ${frame} fill="none" stroke="#000" stroke-opacity="0.4" stroke-width="3.5"/>` +
    `<rect ${frame} fill="none" stroke="${palette.accent}" stroke-width="1.5"/>` +
    svgText(`${number}`, { x: x + 5, y: y + 15, sizePx: 13, weight: 700, fill: palette.accent })
  );
}

function svgCaption(
  { unit, activation }: UnitView,
  { number, left, top }: { readonly number: number; readonly left: number; readonly top: number },
): string {
  const y = top + tilePx + 19;
  return (
    svgText(`${number}  unit ${unit}`, { x: left, y, sizePx: 15, weight: 600 }) +
    svgText(`activation ${activation.toPrecision(3)}`, {
      x: left + cardPx.width,
      y,
      sizePx: 13,
      fill: palette.faint,
      anchor: 'end',
    })
  );
}

/** The part of an image at which a unit is strongest. */
function cut(image: Image, { field: { top, right, bottom, left } }: UnitView): Image {
  const width = right - left;
  const data = new Uint8Array(width * (bottom - top) * 3);
  for (let y = top; y < bottom; y++) {
    const from = (y * image.width + left) * 3;
    data.set(image.data.subarray(from, from + width * 3), (y - top) * width * 3);
  }
  return { width, height: bottom - top, data };
}

/** What a unit looks for as a picture: grey is nothing, brighter and darker what made it stronger. */
function reconstruction({ width, height }: Image, view: UnitView, channels: number): Image {
  const sizes = view.pixels
    .map(Math.abs)
    .filter((value) => value > 0)
    .sort();
  // a few pixels far beyond the others would leave those grey
  const most = sizes[Math.floor((sizes.length - 1) * 0.995)] ?? 1;
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) {
    const value = view.pixels[channels === 3 ? i : Math.floor(i / 3)]!;
    data[i] = Math.round(127.5 + 127.5 * Math.max(-1, Math.min(1, value / most)));
  }
  return cut({ width, height, data }, view);
}
