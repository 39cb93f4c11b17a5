import {
  type FaceFit,
  faceMesh,
  fiducialCount,
  type Pose,
  poseAxes,
  projectShape,
  referenceShape,
  ringCount,
  toFiducials6,
  toFiducials67,
} from '@kith/alignment';
import {
  type Affine,
  boxSize,
  composeAffine,
  type Image,
  invertAffine,
  type Point,
  transformLandmarks,
  transformPoint,
} from '@kith/core';
import type { AlignmentSteps, Step } from '../alignment-steps.ts';
import type { LocatedFace } from '../locate-faces.ts';
import { frameSquare, frameWhole, type PanelFrame, squareAround } from './panel-frame.ts';
import { degreesText, poseText } from './pose-text.ts';
import { palette, round, svgText } from './svg.ts';
import { shade, svgAxes, svgDots, svgMesh, svgShades } from './svg-mesh.ts';
import { svgBanner } from './svg-reason.ts';

/** One step as a square picture, or the reason why there is none. */
export interface AlignmentPanel {
  readonly title: string;
  readonly note: string;
  readonly picture: Step<PanelPicture>;
}

export interface PanelPicture {
  readonly image?: Image;
  /** Drawn over the image, in px of the panel. */
  readonly svg: string;
}

/** Side of a panel: twice the 152 px that DeepFace sees. */
export const panelPx = 304;

/** Edges of the face itself, and those that lead to the ring around it. */
const [faceColour, ringColour] = ['#ffffff', palette.accent];

/** The eight pictures of the paper's figure, (a) to (h). @see Taigman et al., DeepFace, CVPR 2014, figure 1. */
export function alignmentPanels(photo: Image, face: LocatedFace, steps: AlignmentSteps): readonly AlignmentPanel[] {
  // one look at the photo for all that is drawn over the face and its ring
  const close = ({ source }: FaceFit) =>
    frameSquare(photo, squareAround(pointsOf(source), { margin: 0.04 }), { sizePx: panelPx });
  return [
    detectionPanel(photo, face, steps),
    cropPanel(steps),
    meshPanel(photo, steps),
    projectionPanel(steps, close),
    visibilityPanel(steps, close),
    inducedPanel(steps, close),
    frontalPanel(steps),
    newViewPanel(steps),
  ];
}

function detectionPanel(photo: Image, { box, score }: LocatedFace, { fiducials }: AlignmentSteps): AlignmentPanel {
  const { width, height } = boxSize(box);
  // edges of pixels, where landmarks count from their centres
  const corner: Point = [box.xMin - 0.5, box.yMin - 0.5];
  const square = squareAround([corner, [box.xMax - 0.5, box.yMax - 0.5]], { margin: 0.3 });
  const view = frameSquare(photo, square, { sizePx: panelPx });
  const [left, top] = transformPoint(view.toPanel, corner).map(round);
  const scale = view.toPanel.a;
  const frame = `x="${left}" y="${top}" width="${round(width * scale)}" height="${round(height * scale)}" rx="5" fill="none"`;
  const outline =
    `<rect ${frame} stroke="#000" stroke-opacity="0.35" stroke-width="5"/>` +
    `<rect ${frame} stroke="${palette.yes}" stroke-width="2.5"/>`;
  const dots = 'made' in fiducials ? svgFiducials(fiducials.made.points, view.toPanel) : '';
  return {
    title: 'detection, 6 fiducials',
    note: `face of ${Math.round(width)} × ${Math.round(height)} px, score ${score.toFixed(2)}`,
    picture: { made: over(view, outline + dots) },
  };
}

function cropPanel({ inPlane }: AlignmentSteps): AlignmentPanel {
  return {
    title: '2-D crop',
    note: noteOf(inPlane, ({ rounds, settled }) => {
      const moved = `${rounds.length} rounds, the last moved it ${rounds.at(-1)!.movedPx.toFixed(1)} px`;
      return settled ? moved : `${rounds.length} rounds, none of which settles it`;
    }),
    picture: shown(inPlane, ({ image, landmarks }) => {
      const view = frameWhole(image, panelPx);
      return over(view, svgFiducials(toFiducials6(landmarks).points, view.toPanel));
    }),
  };
}

function meshPanel(photo: Image, { inPlane, landmarks }: AlignmentSteps): AlignmentPanel {
  return {
    title: '67 fiducials, meshed',
    note: noteOf(inPlane, () => `Delaunay, ${innerCount} triangles`),
    picture: shown(inPlane, ({ image: { width, height }, toImage }) => {
      const { points } = toFiducials67(transformLandmarks(landmarks, invertAffine(toImage)));
      // the crop, and what of the face it cuts off
      const crop: readonly Point[] = [
        [-0.5, -0.5],
        [width - 0.5, height - 0.5],
      ];
      const square = squareAround([...crop, ...pointsOf(points)], { margin: 0.02 });
      const view = frameSquare(photo, square, { sizePx: panelPx, toPhoto: toImage });
      const places = moved(points, composeAffine(toImage, view.toPanel));
      const lines = svgMesh(places, { triangles: faceMesh.triangles, isDrawn: isInner, colour: faceColour });
      return over(view, lines + svgDots(places, { radiusPx: 2.2 }));
    }),
  };
}

type CloseLook = (fit: FaceFit) => PanelFrame;

function projectionPanel({ fit }: AlignmentSteps, close: CloseLook): AlignmentPanel {
  return {
    title: '3-D shape, projected',
    note: noteOf(fit, ({ pose }) => poseText(pose)),
    picture: shown(fit, (made) => {
      const view = close(made);
      const points = moved(projectShape(made.camera, referenceShape), view.toPanel);
      const { origin, x, y, z } = poseAxes(made.camera, { lengthMm: 55 });
      const place = (point: Point) => transformPoint(view.toPanel, point);
      const axes = svgAxes({ origin: place(origin), x: place(x), y: place(y), z: place(z) });
      return over(view, svgMesh(points, { triangles: faceMesh.triangles, colour: faceColour }) + axes);
    }),
  };
}

function visibilityPanel({ fit, visibility }: AlignmentSteps, close: CloseLook): AlignmentPanel {
  const picture = shown(fit, (made): PanelPicture => {
    if (!('made' in visibility)) return { svg: '' };
    const points = moved(projectShape(made.camera, made.shape), close(made).toPanel);
    const { triangles } = faceMesh;
    return { svg: svgShades(points, { ...made, triangles, visibility: visibility.made }) + svgShadeScale(made.pose) };
  });
  return { title: 'visible triangles', note: noteOf(visibility, seenText), picture };
}

function inducedPanel({ fit }: AlignmentSteps, close: CloseLook): AlignmentPanel {
  return {
    title: 'mesh on the photo',
    note: noteOf(fit, () => `67 fiducials, ${ringCount} of the contour's ring`),
    picture: shown(fit, (made) => {
      const view = close(made);
      const points = moved(made.source, view.toPanel);
      const { triangles } = faceMesh;
      const ring = svgMesh(points, { triangles, colour: ringColour, isDrawn: (corners) => !isInner(corners) });
      const face = svgMesh(points, { triangles, colour: faceColour, isDrawn: isInner });
      return over(view, ring + face + svgDots(points.subarray(0, 2 * fiducialCount), { radiusPx: 2.2 }));
    }),
  };
}

function frontalPanel({ frontal }: AlignmentSteps): AlignmentPanel {
  const isTurned = 'made' in frontal && frontal.made.way === 'frontalized';
  return {
    title: isTurned ? 'frontalized crop' : 'no frontalized crop',
    note: noteOf(frontal, ({ image: { width, height }, reason, seenShare }) => {
      const size = `${width} × ${height} px`;
      return reason ? `2-D crop, ${size}` : `${size}, ${percent(seenShare)} of the face seen`;
    }),
    picture: shown(frontal, ({ image, reason }) =>
      over(frameWhole(image, panelPx), reason ? svgBanner(reason, { sizePx: panelPx }) : ''),
    ),
  };
}

function newViewPanel({ newView }: AlignmentSteps): AlignmentPanel {
  return {
    title: 'a new view',
    note: noteOf(
      newView,
      ({ yawDegrees, pitchDegrees }) => `yaw ${degreesText(yawDegrees)}, pitch ${degreesText(pitchDegrees)}`,
    ),
    picture: shown(newView, ({ image }) => over(frameWhole(image, panelPx), '')),
  };
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function seenText(visibility: Float32Array): string {
  const hidden = visibility.filter((share) => share === 0).length;
  return `${hidden} of ${visibility.length} hidden`;
}

function isInner(corners: readonly number[]): boolean {
  return corners.every((corner) => corner < fiducialCount);
}

const innerCount = Array.from({ length: faceMesh.triangles.length / 3 }, (_, t) =>
  Array.from(faceMesh.triangles.subarray(3 * t, 3 * t + 3)),
).filter(isInner).length;

/** What a step's picture shows, or the reason of the step. */
function shown<T>(step: Step<T>, picture: (made: T) => PanelPicture): Step<PanelPicture> {
  return 'made' in step ? { made: picture(step.made) } : step;
}

function noteOf<T>(step: Step<T>, note: (made: T) => string): string {
  return 'made' in step ? note(step.made) : 'does not apply';
}

function over({ image, svgBeyond }: PanelFrame, svg: string): PanelPicture {
  return { image, svg: svgBeyond + svg };
}

function svgFiducials(points: ArrayLike<number>, toPanel: Affine): string {
  return svgDots(moved(points, toPanel), { radiusPx: 4.5, fill: palette.no });
}

/** What the shades mean, in the upper corner that the head does not lean to. */
function svgShadeScale({ rollDegrees }: Pose): string {
  const [steps, wide, top] = [12, 7, 12];
  const left = rollDegrees < 0 ? panelPx - steps * wide - 12 : 12;
  const bars = Array.from(
    { length: steps },
    (_, i) =>
      `<rect x="${left + i * wide}" y="${top}" width="${wide + 0.5}" height="8" fill="${shade(i / (steps - 1))}"/>`,
  );
  const label = { y: top + 23, sizePx: 13, fill: palette.faint } as const;
  return (
    bars.join('') +
    svgText('hidden', { ...label, x: left }) +
    svgText('seen', { ...label, x: left + steps * wide, anchor: 'end' })
  );
}

/** Points of any kind in px of the drawing. Shape `[n, 2]`. */
function moved(points: ArrayLike<number>, toPanel: Affine): Float64Array {
  const places = new Float64Array(points.length);
  for (let i = 0; i < points.length; i += 2) places.set(transformPoint(toPanel, [points[i]!, points[i + 1]!]), i);
  return places;
}

function pointsOf(points: ArrayLike<number>): Point[] {
  return Array.from({ length: points.length / 2 }, (_, i) => [points[2 * i]!, points[2 * i + 1]!]);
}
