import { boxCentre, type Image } from '@kith/core';
import type { LocatedFace } from '../locate-faces.ts';

/** The face whose box is nearest the centre of the image, as the LFW script takes it. */
export function nearestToCentre(located: readonly LocatedFace[], { width, height }: Image): LocatedFace | undefined {
  const offCentre = ({ box }: LocatedFace) => {
    const [x, y] = boxCentre(box);
    return Math.hypot(x - width / 2, y - height / 2);
  };
  return located.reduce<LocatedFace | undefined>(
    (best, face) => (best && offCentre(best) <= offCentre(face) ? best : face),
    undefined,
  );
}
