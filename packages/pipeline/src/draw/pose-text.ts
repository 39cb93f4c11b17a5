import type { Pose } from '@kith/alignment';

/** A pose as yaw, pitch and roll. */
export function poseText({ yawDegrees, pitchDegrees, rollDegrees }: Omit<Pose, 'pxPerMm'>): string {
  return `yaw ${degreesText(yawDegrees)}, pitch ${degreesText(pitchDegrees)}, roll ${degreesText(rollDegrees)}`;
}

/** Whole degrees. */
export function degreesText(value: number): string {
  // a minus of its own width, and none before 0
  return `${(Math.round(value) || 0).toString().replace('-', '−')}°`;
}
