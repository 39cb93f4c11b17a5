import { landmarkSchemes } from '@kith/core';
import { contourRing } from './contour-ring.ts';
import { fiducialTable } from './reference-shape-table.ts';

/** Fiducials of the shape, of scheme `deepface67`; the ring's vertices come after them. */
export const fiducialCount = landmarkSchemes.deepface67;

const fiducials = Float64Array.from(fiducialTable.flat());
const ring = contourRing(fiducials);

export const ringCount = ring.mirror.length;

/** For each vertex of the ring, the one on the other side; both counted within the ring. */
export const ringMirror: readonly number[] = ring.mirror;

/**
 * The generic face: DeepFace's 67 fiducials, then a ring beyond jaw and forehead.
 *
 * In mm, eye centres 63 mm apart, from the point midway between them: x to the right of a frontal face's image (the person's left),
 * y down, z away from the viewer. The mirror image of the shape is the shape. Shape `[67 + ring, 3]`, row-major.
 */
export const referenceShape: Float64Array = Float64Array.of(...fiducials, ...ring.vertices);
