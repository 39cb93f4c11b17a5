import { ibug68, landmarkMirror, type Point } from '@kith/core';

/** Vertices of the ring: an arch over the forehead from temple to temple, then an edge around jaw and arch. */
export interface ContourRing {
  /** mm. Shape `[n, 3]`, row-major. */
  readonly vertices: Float64Array;
  /** For each vertex of the ring, the one on the other side, counted within the ring. */
  readonly mirror: readonly number[];
}

const chin = 8;
const rightTemple = 0;
const glabella = 27;
const noseBase = 33;

/** Steps of the arch from temple to temple; the temples are points of the jaw. */
const archSteps = 8;

/** How far out the edge lies, in multiples of its outline's distance from the middle of the face. */
const edgeReach = 1.35;

/** How far back the edge lies for each mm that it lies out: the head curves away, but a turned one must not hide its own edge. */
const edgeSlope = 0.3;

/**
 * Extrapolate the outline of a face, so that a warp's edge falls on hair and background, not on the face.
 *
 * The head is taken as an ellipsoid that meets the brows and the temples and whose crown is as far above the eyes as the chin is below.
 * The hairline is as far above the brows as the chin is below the nose. The arch is the hairline's, on the ellipsoid; the edge is every
 * second vertex of jaw and arch, moved out from the middle of the face and back.
 *
 *                 .  · ˚ ˚ ˚ · .            edge
 *              ·    ,-´ ˉˉˉ `-,   ·
 *             ·   ,´  arch     `,  ·        the arch ends at the
 *            ·   |  ⌒       ⌒   |  ·       temples, which are points
 *            ·   |  o    |   o  |  ·       0 and 16 of the jaw
 *             ·   \     _|_     /  ·
 *              ·   \    ___    /  ·
 *                ·  `-._____.-´  ·  jaw
 *                   ·  .  .  ·
 *
 * @param fiducials - A symmetric shape of scheme `deepface67` in the reference frame, mm. Shape `[67, 3]`, row-major.
 */
export function contourRing(fiducials: Float64Array): ContourRing {
  const arch = foreheadArch(fiducials);
  const right = (i: number) => fiducials.subarray(3 * i, 3 * i + 3);
  // around the face: the jaw from temple to temple, then the arch back
  const outline = [...Array.from({ length: ibug68.jaw[1] }, (_, i) => right(i)), ...arch];
  const middle: Point = [0, (outline[chin]![1]! + arch[archSteps / 2 - 1]![1]!) / 2];
  const edge = outline.filter((_, i) => i % 2 === 0).map((vertex) => moveOut(vertex, middle));
  return {
    vertices: Float64Array.from([...arch, ...edge].flatMap((vertex) => [...vertex])),
    mirror: [...arch.map((_, i) => arch.length - 1 - i), ...edge.map((_, i) => arch.length + mirrorOnEdge(i))],
  };

  function mirrorOnEdge(i: number): number {
    const onJaw = (ibug68.jaw[1] + 1) / 2;
    return i < onJaw ? landmarkMirror.deepface67[2 * i]! / 2 : onJaw + edge.length - 1 - i;
  }
}

/** Vertices between the temples, from the person's left over the forehead to the right. */
function foreheadArch(fiducials: Float64Array): readonly Float64Array[] {
  const at = (i: number) => fiducials.subarray(3 * i, 3 * i + 3);
  const [x, , z] = at(rightTemple) as unknown as [number, number, number];
  const brow = (at(21)[1]! + at(22)[1]!) / 2;
  const hairline = brow - (at(chin)[1]! - at(noseBase)[1]!);
  const crown = -at(chin)[1]!;
  const front = at(glabella)[2]!;
  return Array.from({ length: archSteps - 1 }, (_, i) => {
    const radians = (Math.PI * (i + 1)) / archSteps;
    // the one side is reckoned, and given to both
    const side = Math.sign(archSteps / 2 - i - 1);
    const across = Math.cos(Math.min(radians, Math.PI - radians));
    const up = Math.sin(Math.min(radians, Math.PI - radians));
    const inside = 1 - across * across - ((up * hairline) / crown) ** 2;
    return Float64Array.of(side * -x * across, up * hairline, z + (front - z) * Math.sqrt(inside));
  });
}

function moveOut(vertex: Float64Array, [middleX, middleY]: Point): Float64Array {
  const dx = (edgeReach - 1) * (vertex[0]! - middleX);
  const dy = (edgeReach - 1) * (vertex[1]! - middleY);
  return Float64Array.of(vertex[0]! + dx, vertex[1]! + dy, vertex[2]! + edgeSlope * Math.hypot(dx, dy));
}
