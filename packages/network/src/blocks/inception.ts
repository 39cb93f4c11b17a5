import { averagePool, concat, conv, type FollowOptions, lpPool, maxPool, pad, pointwise } from '../layers.ts';
import type { Layer } from '../operation.ts';
import type { Sides } from '../shape.ts';

/** Filters of the 1×1 reduction and of what follows it. */
export type Reduced = readonly [reduce: number, filters: number];

export type InceptionPool = 'max' | 'average' | 'l2';

export interface InceptionOptions {
  /** Filters of the 1×1 branch. */
  readonly one?: number;
  readonly three?: Reduced;
  readonly five?: Reduced;
  /** Two 3×3 in place of the 5×5, as Inception V2 has them. */
  readonly doubleThree?: Reduced;
  /** Kind of the 3×3 pool and filters of the 1×1 after it; without them the pool passes on as it is. */
  readonly pool: readonly [kind: InceptionPool, projection?: number];
  /** Of the last convolution of each branch and of the pool. */
  readonly stride?: 1 | 2;
  readonly norm?: FollowOptions['norm'];
  /** Which branch comes first in the channels: the papers' columns, or 3×3, 5×5, pool, 1×1 as Torch's module. */
  readonly order?: 'paper' | 'torch';
  /** A pool without padding, whose branch gets zeros around it at its end. */
  readonly unpadded?: { readonly stride: number; readonly zeros: Sides };
}

/**
 * The Inception module: a 1×1, a 3×3, a 5×5 (or two 3×3) and a pool, side by side.
 *
 * @see Szegedy et al., Going Deeper with Convolutions, 2014, figure 2b; Rethinking the Inception Architecture, 2015, figure 5.
 */
export function inception(name: string, options: InceptionOptions): Layer {
  const { one, three, five, doubleThree, stride = 1, norm, order = 'paper' } = options;
  const follow = { norm, activation: 'relu' } as const;
  const spatial = (part: string, filters: number, kernel: number, step = stride) =>
    conv(part, filters, { kernel, stride: step, padding: (kernel - 1) / 2, ...follow });

  const ones = one ? [[pointwise('one', one, follow)]] : [];
  const others: Layer[][] = [];
  if (three) others.push([pointwise('three-reduce', three[0], follow), spatial('three', three[1], 3)]);
  if (five) others.push([pointwise('five-reduce', five[0], follow), spatial('five', five[1], 5)]);
  if (doubleThree) {
    const [reduce, filters] = doubleThree;
    others.push([
      pointwise('double-reduce', reduce, follow),
      spatial('double-1', filters, 3, 1),
      spatial('double-2', filters, 3),
    ]);
  }
  const pooled = [poolBranch(options)];
  return concat(name, order === 'paper' ? [...ones, ...others, ...pooled] : [...others, ...pooled, ...ones]);
}

const pools = { max: maxPool, average: averagePool, l2: lpPool } as const;

function poolBranch({ pool: [kind, projection], stride = 1, norm, unpadded }: InceptionOptions): Layer[] {
  const window = { kernel: 3, stride: unpadded?.stride ?? stride, padding: unpadded ? 0 : 1 };
  return [
    pools[kind]('pool', window),
    ...(projection ? [pointwise('projection', projection, { norm, activation: 'relu' })] : []),
    ...(unpadded ? [pad('zeros', unpadded.zeros)] : []),
  ];
}
