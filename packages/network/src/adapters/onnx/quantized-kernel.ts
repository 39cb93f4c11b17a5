import { elementsOf } from '../../shape.ts';
import type { OnnxConstant } from './onnx-writer.ts';

/** A kernel as `data · scale`, each output channel with a scale of its own. */
export interface QuantizedKernel {
  readonly data: Int8Array;
  readonly dims: readonly number[];
  readonly scales: Float32Array;
}

/** What stands in for a channel's scale where all its weights are zero. */
const smallest = 1e-12;

/**
 * Round a kernel to 8-bit integers, each output channel by its largest weight.
 *
 * @param axis - The axis of the output channels.
 * @param largest - What that weight becomes, 127 at most.
 * @param least - For each channel a scale that its own may not be smaller than.
 */
export function quantizedKernel(
  { data, dims }: OnnxConstant,
  axis: number,
  { largest = 127, least }: { readonly largest?: number; readonly least?: ArrayLike<number> | undefined } = {},
): QuantizedKernel {
  const channels = dims[axis]!;
  const inner = elementsOf(dims.slice(axis + 1));
  const channelOf = (i: number) => Math.floor(i / inner) % channels;
  const scales = new Float32Array(channels);
  data.forEach((value, i) => {
    const c = channelOf(i);
    scales[c] = Math.max(scales[c]!, Math.abs(Number(value)) / largest);
  });
  const floored = scales.map((scale, c) => Math.max(scale, least?.[c] ?? 0, smallest));
  const integers = Int8Array.from({ length: data.length }, (_, i) =>
    Math.round(Number(data[i]) / floored[channelOf(i)]!),
  );
  return { data: integers, dims, scales: floored };
}
