import { cameraOf, fiducialCount, projectShape, referenceShape } from '@kith/alignment';
import { createImage, type Landmarks } from '@kith/core';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { type AlignmentSteps, alignmentSteps } from './alignment-steps.ts';
import { drawAlignmentSteps } from './draw/draw-alignment-steps.ts';
import type { LocatedFace } from './locate-faces.ts';

const photo = createImage({ width: 200, height: 160 }, { fill: [200, 150, 120] });
const aligned = { image: photo, toImage: { a: 1, b: 0, c: 0, d: 0, e: 1, f: 0 } };
const box = { xMin: 40, yMin: 20, xMax: 160, yMax: 150 };

/** The reference's fiducials as a turned head shows them. */
function landmarksAt(yawDegrees: number, middle: readonly [number, number] = [100, 60]): Landmarks {
  const camera = cameraOf({ yawDegrees, pitchDegrees: 0, rollDegrees: 0, pxPerMm: 0.8, middle });
  const points = projectShape(camera, referenceShape).subarray(0, 2 * fiducialCount);
  return { scheme: 'deepface67', points: Float32Array.from(points) };
}

/** Align a face whose crop is said to show what `onCrop` gives, and draw it. */
async function stepsOf(landmarks: Landmarks, onCrop: Landmarks = landmarks) {
  const face: LocatedFace = { box, score: 1, quality: 1, landmarks, aligned };
  const steps = await alignmentSteps(photo, face, { locate: async () => [onCrop] });
  const png = await drawAlignmentSteps(photo, face, steps);
  const { format, width } = await sharp(png).metadata();
  expect({ format, width }).toEqual({ format: 'png', width: 1346 });
  return steps;
}

const madeOf = (steps: AlignmentSteps) =>
  Object.entries(steps)
    .filter(([, step]) => 'made' in step)
    .map(([name]) => name);

describe('every step is made, or says why not', () => {
  test('a face that is turned a little has all', async () => {
    const steps = await stepsOf(landmarksAt(20));
    expect(madeOf(steps)).toEqual(['fiducials', 'inPlane', 'fit', 'visibility', 'frontal', 'newView']);
    const { fit, frontal, newView } = steps;
    if (!('made' in fit) || !('made' in frontal) || !('made' in newView)) throw new Error('made above');
    expect(fit.made.pose.yawDegrees).toBeCloseTo(20, 1);
    expect(frontal.made).toMatchObject({ way: 'frontalized', image: { width: 152, height: 152 } });
    // the new view looks to the other side
    expect(newView.made).toMatchObject({ yawDegrees: -30, pitchDegrees: 0 });
  });

  test('a profile beyond 75° stays in the plane, and has no new view', async () => {
    const steps = await stepsOf(landmarksAt(-80));
    expect(madeOf(steps)).toEqual(['fiducials', 'inPlane', 'fit', 'visibility', 'frontal']);
    expect(steps.frontal).toMatchObject({ made: { way: 'similarity', reason: expect.stringMatching(/75/) } });
    expect(steps.newView).toMatchObject({ reason: expect.stringMatching(/75/) });
  });

  test('a face beyond the photo is no black picture: it is fitted, and a reason stands where it cannot be shown', async () => {
    const { fit, frontal, newView } = await stepsOf(landmarksAt(10, [-400, -400]));
    expect(fit).toMatchObject({ made: { pose: { yawDegrees: expect.closeTo(10, 0) } } });
    for (const step of [frontal, newView]) expect(step).toEqual({ reason: expect.stringMatching(/inside the photo/) });
  });

  const [collinear, repeated, broken] = [landmarksAt(0), landmarksAt(0), landmarksAt(0)];
  for (let i = 0; i < collinear.points.length; i++) collinear.points[i] = i >> 1;
  repeated.points.fill(7);
  broken.points[12] = Number.NaN;
  test.each([
    ['in one line', collinear],
    ['in one place', repeated],
    ['not finite', broken],
  ])('landmarks %s leave no fit, and a reason', async (_, landmarks) => {
    const steps = await stepsOf(landmarks);
    for (const step of [steps.fit, steps.visibility, steps.frontal, steps.newView]) {
      expect(step).toEqual({ reason: expect.stringMatching(/\w/) });
    }
  });

  test('a crop on which no landmarks are found leaves those of the photo', async () => {
    const steps = await stepsOf(landmarksAt(0), broken);
    expect(madeOf(steps)).toEqual(['fiducials', 'fit', 'visibility', 'frontal', 'newView']);
  });
});
