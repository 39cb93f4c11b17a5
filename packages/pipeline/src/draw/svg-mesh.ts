import { type AffineCamera, depthOrder, type PoseAxes } from '@kith/alignment';
import { palette, round, svgText } from './svg.ts';

export interface MeshLines {
  /** Shape `[t, 3]`. */
  readonly triangles: ArrayLike<number>;
  readonly colour: string;
  /** Whether a triangle, given by its corners, is drawn; all by default. */
  readonly isDrawn?: (corners: readonly number[]) => boolean;
}

/**
 * The edges of a mesh, each once, thin and dark-edged so that they show on any skin.
 *
 * @param points - Px of the drawing. Shape `[n, 2]`, row-major.
 */
export function svgMesh(points: ArrayLike<number>, { triangles, colour, isDrawn = () => true }: MeshLines): string {
  const edges = new Set<string>();
  for (let t = 0; t < triangles.length; t += 3) {
    const corners = [triangles[t]!, triangles[t + 1]!, triangles[t + 2]!].toSorted((a, b) => a - b);
    if (!isDrawn(corners)) continue;
    const [first, second, third] = corners.map((corner) => placeText(points, corner));
    for (const [from, to] of [
      [first, second],
      [second, third],
      [first, third],
    ])
      edges.add(`M${from}L${to}`);
  }
  const path = [...edges].join('');
  return (
    `<g fill="none" stroke-linecap="round"><path d="${path}" stroke="#000" stroke-opacity="0.28" stroke-width="2"/>` +
    `<path d="${path}" stroke="${colour}" stroke-opacity="0.92" stroke-width="0.9"/></g>`
  );
}

export interface ShadedMesh {
  /** Shape `[t, 3]`. */
  readonly triangles: Uint16Array;
  /** In mm. Shape `[n, 3]`. */
  readonly shape: Float64Array;
  readonly camera: AffineCamera;
  /** Of each triangle, in [0, 1]. */
  readonly visibility: Float32Array;
}

/** From hidden to seen, as red, green and blue. */
const [hiddenShade, seenShade] = [
  [44, 62, 80],
  [241, 250, 252],
] as const;

/** The colour of a share of visibility. */
export function shade(share: number): string {
  return `rgb(${hiddenShade.map((dark, i) => Math.round(dark + share * (seenShade[i]! - dark))).join(',')})`;
}

/**
 * The triangles of a mesh, dark where the camera does not see them, the farthest first.
 *
 * @param points - Px of the drawing. Shape `[n, 2]`, row-major.
 */
export function svgShades(points: ArrayLike<number>, { triangles, shape, camera, visibility }: ShadedMesh): string {
  const towards = depthOrder(shape, { triangles, camera });
  const turned = new Set(towards);
  const away = Array.from(visibility, (_, t) => t).filter((t) => !turned.has(t));
  const shapes = [...away, ...towards].map((t) => {
    const corners = [0, 1, 2].map((corner) => placeText(points, triangles[3 * t + corner]!));
    return `<path d="M${corners.join('L')}Z" fill="${shade(visibility[t]!)}"/>`;
  });
  return `<g stroke="${palette.faint}" stroke-width="0.7" stroke-linejoin="round">${shapes.join('')}</g>`;
}

/** A dot a point, dark-edged. */
export function svgDots(
  points: ArrayLike<number>,
  { radiusPx, fill = palette.accent }: { readonly radiusPx: number; readonly fill?: string },
): string {
  const dots = Array.from(
    { length: points.length / 2 },
    (_, i) => `<circle cx="${round(points[2 * i]!)}" cy="${round(points[2 * i + 1]!)}" r="${radiusPx}"/>`,
  );
  return `<g fill="${fill}" stroke="#000" stroke-opacity="0.5" stroke-width="${round(radiusPx / 3)}">${dots.join('')}</g>`;
}

/** The axes of a head with their names, thick and dark-edged; px of the drawing. */
export function svgAxes({ origin, x, y, z }: PoseAxes): string {
  const axes = [
    ['x', x, palette.no],
    ['y', y, palette.yes],
    ['z', z, palette.accent],
  ] as const;
  return axes
    .map(([name, to, colour]) => {
      const line = `M${origin.map(round).join(' ')}L${to.map(round).join(' ')}`;
      const length = Math.hypot(to[0] - origin[0], to[1] - origin[1]);
      // beyond the tip; beside it for an axis that points to the viewer
      const share = length > 12 ? 12 / length : 0;
      const beyond = { x: to[0] + share * (to[0] - origin[0]), y: to[1] + share * (to[1] - origin[1]) + 5 };
      const place = share > 0 ? beyond : { x: to[0] + 14, y: to[1] - 6 };
      return (
        `<path d="${line}" stroke="#000" stroke-opacity="0.5" stroke-width="6" stroke-linecap="round"/>` +
        `<path d="${line}" stroke="${colour}" stroke-width="3.4" stroke-linecap="round"/>` +
        `<g stroke="${palette.ink}" stroke-width="3.5" stroke-linejoin="round" paint-order="stroke">` +
        `${svgText(name, { ...place, sizePx: 16, weight: 700, fill: '#fff', anchor: 'middle' })}</g>`
      );
    })
    .join('');
}

function placeText(points: ArrayLike<number>, index: number): string {
  return `${round(points[2 * index]!)} ${round(points[2 * index + 1]!)}`;
}
