import {
  alignToBox,
  alignToTemplate,
  arcface112,
  type CanonicalFrame,
  deepfaceAnchors,
  dlibChip5,
  dlibChip51,
  type FrontalizeOptions,
  facenetBox,
  facenetHead,
  frameOfHead,
  frameOfTemplate,
  frontalize,
  openfaceOuterEyesAndNose,
  type Template,
  toFiducials6,
} from '@kith/alignment';
import { type Affine, type AlignedFace, boxCentre, boxSize, transformPoint, warpAffine } from '@kith/core';
import type { MeasuredFace } from '@kith/pipeline/data';
import type { Way } from './real-embeddings.ts';
import { facenetNet, type RealNet } from './real-nets.ts';

/** The ways a network is tried with: no alignment, the 2-D templates scaled to its input, and 3-D in its own frame. */
export function waysOf(net: RealNet, faces: readonly MeasuredFace[]): readonly Way[] {
  const sizePx = net.sidePx;
  const isFacenet = net === facenetNet;
  const crop = facenetBox({ sizePx });
  const head: Way = {
    name: 'head',
    label: 'FaceNet, head by 51 points',
    kind: '2-D',
    align: (image, { landmarks }) => net.align(image, landmarks),
  };
  return [
    boxWay(net, faces),
    {
      name: 'facenet-box',
      label: 'FaceNet, box',
      kind: '2-D',
      align: (image, { box }) => alignToBox(image, box, { crop }),
    },
    templateWay('deepface6', 'DeepFace, 6 points', deepfaceAnchors({ sizePx })),
    templateWay('openface3', 'OpenFace, affine, 3 points', openfaceOuterEyesAndNose({ sizePx })),
    templateWay('arcface5', 'ArcFace, 5 points', scaled(arcface112(), sizePx)),
    templateWay('dlib5', 'dlib, 5 points', dlibChip5({ sizePx })),
    templateWay('dlib51', 'dlib, 51 points', dlibChip51({ sizePx })),
    ...(isFacenet ? [head] : []),
    ...frontalWays(isFacenet ? frameOfHead(facenetHead) : frameOfTemplate(dlibChip51({ sizePx }))),
  ];
}

function templateWay(name: string, label: string, template: Template): Way {
  return {
    name,
    label,
    kind: '2-D',
    align(image, { landmarks }) {
      const points = template.scheme === 'deepface6' ? toFiducials6(landmarks) : landmarks;
      return alignToTemplate(image, points, { template });
    },
  };
}

function frontalWays(frame: CanonicalFrame): readonly Way[] {
  const way = (name: string, label: string, options: FrontalizeOptions): Way => ({
    name,
    label,
    kind: '3-D',
    align: (image, { landmarks }) => frontalize(image, landmarks, { frame, ...options }),
  });
  return [
    way('front-black', '3-D, black around', { beyond: 'black' }),
    way('front-photo', '3-D, the photo around', { beyond: 'photo' }),
    way('front-photo-own', '3-D, the photo around, hidden side as seen', { beyond: 'photo', hidden: 'own' }),
  ];
}

/** A template at another size. */
function scaled(template: Template, sizePx: number): Template {
  const factor = sizePx / template.sizePx;
  // pixels' centres: the template's first edge, at −0.5, stays where it is
  const place = (value: number) => (value + 0.5) * factor - 0.5;
  return {
    ...template,
    name: `${template.name}-at-${sizePx}`,
    sizePx,
    anchors: template.anchors.map(([numbers, [x, y]]) => [numbers, [place(x), place(y)]]),
  };
}

/** Faces that say how the network's own frame lies about the detector's box. */
const framed = 400;

/**
 * No alignment: the detector's box, made square, as much larger and as far off as the network's own frame lies about it in the median,
 * and never turned.
 */
function boxWay(net: RealNet, faces: readonly MeasuredFace[]): Way {
  const speck = { width: 1, height: 1, data: new Uint8Array(3) };
  const frames = faces
    .slice(0, framed)
    .map(({ box, landmarks }) => frameAbout(box, { toImage: net.align(speck, landmarks).toImage, sidePx: net.sidePx }));
  const [width, height, right, down] = ([0, 1, 2, 3] as const).map((axis) => {
    const sorted = frames.map((frame) => frame[axis]).sort((a, b) => a - b);
    return sorted[sorted.length >> 1]!;
  }) as [number, number, number, number];
  return {
    name: 'box',
    label: 'none: detector box',
    kind: 'none',
    align(image, { box }): AlignedFace {
      const side = sideOf(box);
      const [x, y] = boxCentre(box);
      const inner = (net.sidePx - 1) / 2;
      const [a, e] = [(width * side) / net.sidePx, (height * side) / net.sidePx];
      const toImage: Affine = { a, b: 0, c: x + right * side - a * inner, d: 0, e, f: y + down * side - e * inner };
      return { image: warpAffine(image, toImage, { width: net.sidePx, height: net.sidePx }), toImage };
    },
  };
}

/** Width and height of a frame, and its middle from the box's middle, all in the box's sides. */
function frameAbout(
  box: MeasuredFace['box'],
  { toImage, sidePx }: { readonly toImage: Affine; readonly sidePx: number },
): readonly [width: number, height: number, right: number, down: number] {
  const side = sideOf(box);
  const [x, y] = boxCentre(box);
  const inner = (sidePx - 1) / 2;
  const [middleX, middleY] = transformPoint(toImage, [inner, inner]);
  return [
    (Math.hypot(toImage.a, toImage.d) * sidePx) / side,
    (Math.hypot(toImage.b, toImage.e) * sidePx) / side,
    (middleX - x) / side,
    (middleY - y) / side,
  ];
}

function sideOf(box: MeasuredFace['box']): number {
  const { width, height } = boxSize(box);
  return (width + height) / 2;
}
