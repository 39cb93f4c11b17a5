/** A convolution's channels and filters, and how many of each a group has. */
export interface GroupSizes {
  readonly channels: number;
  readonly filters: number;
  readonly each: number;
  readonly own: number;
}

export function groupSizes(
  groups: number,
  { channels, filters }: { readonly channels: number; readonly filters: number },
): GroupSizes {
  return { channels, filters, each: channels / groups, own: filters / groups };
}

/** Where the numbers of one place in one window begin: in the input, in the output, in the kernel. */
export interface Start {
  readonly from: number;
  readonly to: number;
  readonly row: number;
}

/** out[f] += Σ data[c] · kernel[c, f]; four channels at a time, which is where the time goes. */
export function addProducts(
  { data, kernel, out }: { readonly data: Float32Array; readonly kernel: Float32Array; readonly out: Float32Array },
  { each, own, filters }: GroupSizes,
  { from, to, row }: Start,
): void {
  let c = 0;
  for (; c + 3 < each; c += 4) {
    const [a, b, d, e] = [data[from + c]!, data[from + c + 1]!, data[from + c + 2]!, data[from + c + 3]!];
    if (a === 0 && b === 0 && d === 0 && e === 0) continue;
    const k0 = row + c * filters;
    const [k1, k2, k3] = [k0 + filters, k0 + 2 * filters, k0 + 3 * filters];
    for (let f = 0; f < own; f++) {
      out[to + f]! += a * kernel[k0 + f]! + b * kernel[k1 + f]! + d * kernel[k2 + f]! + e * kernel[k3 + f]!;
    }
  }
  for (; c < each; c++) {
    const a = data[from + c]!;
    for (let f = 0, k = row + c * filters; f < own; f++, k++) out[to + f]! += a * kernel[k]!;
  }
}

/** back[c] += Σ signal[f] · kernel[c, f]. */
export function addTransposed(
  {
    signal,
    kernel,
    back,
  }: { readonly signal: Float32Array; readonly kernel: Float32Array; readonly back: Float32Array },
  { each, own, filters }: GroupSizes,
  { from, to, row }: Start,
): void {
  for (let c = 0; c < each; c++) {
    let sum = 0;
    for (let f = 0, k = row + c * filters; f < own; f++, k++) sum += signal[to + f]! * kernel[k]!;
    back[from + c]! += sum;
  }
}
