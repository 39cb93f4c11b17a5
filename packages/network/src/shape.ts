/** Size of what flows between layers, without the batch: height, width and channels of maps, or the length of a vector. */
export type Shape = readonly [height: number, width: number, channels: number] | readonly [length: number];

export type Maps = readonly [height: number, width: number, channels: number];

export type Pair = readonly [height: number, width: number];

/** Rows and columns added on each side. */
export type Sides = readonly [top: number, right: number, bottom: number, left: number];

/**
 * How a window treats the edge: `same` and `valid` as TensorFlow defines them, a number of px on every side, or px a side.
 */
export type Padding = 'same' | 'valid' | number | Sides;

export function isMaps(shape: Shape): shape is Maps {
  return shape.length === 3;
}

export function channelsOf(shape: Shape): number {
  return shape[shape.length - 1]!;
}

export function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

export function formatShape(shape: readonly number[]): string {
  return shape.join('×');
}
