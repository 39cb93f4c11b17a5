import type { Image } from '@kith/core';
import { type Layer, renderPng } from '../adapters/sharp.ts';
import type { AlignmentSteps } from '../alignment-steps.ts';
import type { LocatedFace } from '../locate-faces.ts';
import { type AlignmentPanel, alignmentPanels, panelPx } from './alignment-panels.ts';
import { poseText } from './pose-text.ts';
import { palette, shorten, svgDocument, svgText } from './svg.ts';
import { svgReason } from './svg-reason.ts';

const columns = 4;
const gapPx = 22;
const marginPx = 32;
const headerPx = 62;
const captionPx = 62;

/**
 * Draw DeepFace's alignment of a face as the eight panels of the paper's figure. A step that does not apply is a panel that says why.
 *
 * @param photo - In which the face was found.
 * @param face - As it was given to `alignmentSteps`, which made the steps.
 * @returns A PNG.
 * @see Taigman et al., DeepFace, CVPR 2014, figure 1.
 */
export async function drawAlignmentSteps(photo: Image, face: LocatedFace, steps: AlignmentSteps): Promise<Uint8Array> {
  const panels = alignmentPanels(photo, face, steps);
  const rows = Math.ceil(panels.length / columns);
  const width = 2 * marginPx + columns * panelPx + (columns - 1) * gapPx;
  const height = marginPx + headerPx + rows * (panelPx + captionPx) + (rows - 1) * gapPx + marginPx / 2;
  const below: string[] = [svgTitle(photo, steps, width)];
  const above: string[] = [];
  const images: Layer[] = [];
  for (const [i, panel] of panels.entries()) {
    const left = marginPx + (i % columns) * (panelPx + gapPx);
    const top = marginPx + headerPx + Math.floor(i / columns) * (panelPx + captionPx + gapPx);
    const made =
      'made' in panel.picture ? panel.picture.made : { svg: svgReason(panel.picture.reason, { sizePx: panelPx }) };
    below.push(`<rect x="${left}" y="${top}" width="${panelPx}" height="${panelPx}" fill="${palette.card}"/>`);
    if (made.image) images.push({ image: made.image, left, top, width: panelPx, height: panelPx });
    above.push(svgPanel(panel, { svg: made.svg, letter: 'abcdefgh'[i]!, left, top }));
  }
  const size = { width, height };
  const layers = [{ svg: svgDocument(size, below.join('')) }, ...images, { svg: svgDocument(size, above.join('')) }];
  return renderPng({ ...size, background: palette.paper, layers });
}

function svgTitle({ width, height }: Image, { fit, frontal }: AlignmentSteps, widthPx: number): string {
  const pose = 'made' in fit ? poseText(fit.made.pose) : 'no pose';
  const way = 'made' in frontal && frontal.made.way === 'frontalized' ? 'frontalized' : 'not frontalized';
  const y = marginPx + 24;
  return (
    svgText('DeepFace’s alignment, step by step', { x: marginPx, y, sizePx: 28, weight: 700 }) +
    svgText(`${pose} · ${way} · photo of ${width} × ${height} px`, {
      x: widthPx - marginPx,
      y,
      sizePx: 19,
      fill: palette.faint,
      anchor: 'end',
    })
  );
}

/** What is drawn over a panel's picture, cut at its edges, and what the panel is called below. */
function svgPanel(
  { title, note }: AlignmentPanel,
  {
    svg,
    letter,
    left,
    top,
  }: { readonly svg: string; readonly letter: string; readonly left: number; readonly top: number },
): string {
  const frame = `width="${panelPx}" height="${panelPx}"`;
  const y = top + panelPx + 24;
  return (
    `<svg x="${left}" y="${top}" ${frame} viewBox="0 0 ${panelPx} ${panelPx}" overflow="hidden">${svg}</svg>` +
    `<rect x="${left}" y="${top}" ${frame} fill="none" stroke="${palette.blank}"/>` +
    svgText(`(${letter}) ${title}`, { x: left, y, sizePx: 19, weight: 700 }) +
    svgText(shorten(note, 46), { x: left, y: y + 22, sizePx: 16, fill: palette.faint })
  );
}
