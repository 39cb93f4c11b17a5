import { FaceError } from '@kith/core';

/** The same numbers for every image: `(x − mean) / scale`, one for all channels or one for each. */
export interface FixedNormalisation {
  readonly mean: number | readonly number[];
  readonly scale: number | readonly number[];
  /** Order of the channels that come out, which is also that of means and scales; `rgb` by default. */
  readonly order?: 'rgb' | 'bgr';
}

/** What known networks take, made of 8-bit RGB, with the range that comes out. */
export const fixedNormalisations = {
  /** [−0.996, 0.996]. @see Sandberg, facenet, 2018, `fixed_image_standardization`. */
  facenet: { mean: 127.5, scale: 128 },
  /** [−1, 1]. @see Deng et al., ArcFace, CVPR 2019, §3.1. */
  arcface: { mean: 127.5, scale: 127.5 },
  /** [−0.480, 0.589]. @see King, dlib, `input_rgb_image_sized`. */
  dlib: { mean: [122.782, 117.001, 104.298], scale: 256 },
  /** [−123, 151], blue first. @see Jia et al., Caffe, ACM MM 2014, its reference networks' mean of ImageNet. */
  caffe: { mean: [104, 117, 123], scale: 1, order: 'bgr' },
} as const satisfies Readonly<Record<string, FixedNormalisation>>;

/**
 * Normalise pixels by fixed numbers.
 *
 * @param pixels - RGB, channels last; of any number of channels where one mean and one scale are for all.
 * @returns As many numbers, channels last, from `(0 − mean) / scale` to `(255 − mean) / scale` for bytes.
 * @throws {FaceError} `USAGE` for pixels without as many channels as there are means, or a scale that nothing can be divided by.
 */
export function normalizeFixed(
  pixels: ArrayLike<number>,
  { mean, scale, order = 'rgb' }: FixedNormalisation,
): Float32Array {
  const counts = [mean, scale].flatMap((given) => (typeof given === 'number' ? [] : [given.length]));
  const channels = order === 'bgr' ? 3 : (counts[0] ?? 1);
  if (channels === 0 || counts.some((count) => count !== channels) || pixels.length % channels !== 0) {
    throw new FaceError(
      'USAGE',
      `Expected pixels, means and scales of ${channels} channels, got ${pixels.length} numbers and ${counts.join(' and ')} channels.`,
    );
  }
  const [means, scales] = [mean, scale].map((given) =>
    typeof given === 'number' ? Array<number>(channels).fill(given) : given,
  ) as [readonly number[], readonly number[]];
  const bad = [
    ...means.filter((value) => !Number.isFinite(value)),
    ...scales.filter((value) => value === 0 || !Number.isFinite(value)),
  ];
  if (bad.length > 0) throw new FaceError('USAGE', `Expected finite means and scales other than 0, got ${bad[0]}.`);
  return Float32Array.from(pixels, (_, i) => {
    const channel = i % channels;
    const source = order === 'bgr' ? i - channel + (2 - channel) : i;
    return (pixels[source]! - means[channel]!) / scales[channel]!;
  });
}
