/** Where a run stands, in the numbers that one watches. */
export interface TrainingProgress {
  /** Completed updates. */
  readonly iteration: number;
  readonly maxIterations: number;
  readonly epoch: number;
  readonly loss: number;
  readonly imagesPerSecond: number;
  /** Share of the time spent waiting for images, 0–1. */
  readonly waitShare: number;
  /** Unknown at the very beginning. */
  readonly secondsLeft: number | undefined;
}

/** Say where a run stands, such as `1200/40000, epoch 3.10, loss 0.1234, 56 images/s, waiting 2 %, 1:02:03 left`. */
export function progressLine(progress: TrainingProgress): string {
  const { iteration, maxIterations, epoch, loss, imagesPerSecond, waitShare, secondsLeft } = progress;
  return [
    `${iteration}/${maxIterations}`,
    `epoch ${epoch.toFixed(2)}`,
    `loss ${significant(loss)}`,
    `${imagesPerSecond.toFixed(imagesPerSecond < 10 ? 1 : 0)} images/s`,
    `waiting ${(waitShare * 100).toFixed(0)} %`,
    ...(secondsLeft === undefined ? [] : [`${formatDuration(secondsLeft)} left`]),
  ].join(', ');
}

/** A bar of so many characters. @param share - In 0–1. */
export function progressBar(share: number, characters: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * characters);
  return '█'.repeat(full) + '░'.repeat(characters - full);
}

/** Seconds as `0:07`, `12:34` or `1:02:03`. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** A number with four digits that mean something. */
export function significant(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential(2);
  return value.toFixed(size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4);
}
