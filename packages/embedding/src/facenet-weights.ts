import { FaceError } from '@kith/core';
import { formatShape, layOut, parameters, type Weights, type WeightTensor } from '@kith/network';
import { facenetInceptionResnetV1 } from './facenet.ts';

/** What the folder of 266 `.npy` files hashes to, as `readNpyFolder` counts; half precision, published under the MIT licence. */
export const facenetWeightsSha256 = '0a434f8e5daf2967faf6a135ec2d0c0b7c95bf32aba44e5410997484f712f394';

/** A convolution by our name and by TF-Slim's. */
interface NamedConvolution {
  readonly ours: string;
  readonly theirs: string;
  /** A factor after it that the stored numbers contain and our table has as a step of its own. */
  readonly contained?: number;
}

/** Our names of the layers outside the blocks, and TF-Slim's. */
const plain: readonly (readonly [ours: string, theirs: string])[] = [
  ['conv1', 'Conv2d_1a_3x3'],
  ['conv2', 'Conv2d_2a_3x3'],
  ['conv3', 'Conv2d_2b_3x3'],
  ['conv4', 'Conv2d_3b_1x1'],
  ['conv5', 'Conv2d_4a_3x3'],
  ['conv6', 'Conv2d_4b_3x3'],
  ['reduction-a/a1', 'Mixed_6a_Branch_0_Conv2d_1a_3x3'],
  ['reduction-a/b1', 'Mixed_6a_Branch_1_Conv2d_0a_1x1'],
  ['reduction-a/b2', 'Mixed_6a_Branch_1_Conv2d_0b_3x3'],
  ['reduction-a/b3', 'Mixed_6a_Branch_1_Conv2d_1a_3x3'],
  ['reduction-b/a1', 'Mixed_7a_Branch_0_Conv2d_0a_1x1'],
  ['reduction-b/a2', 'Mixed_7a_Branch_0_Conv2d_1a_3x3'],
  ['reduction-b/b1', 'Mixed_7a_Branch_1_Conv2d_0a_1x1'],
  ['reduction-b/b2', 'Mixed_7a_Branch_1_Conv2d_1a_3x3'],
  ['reduction-b/c1', 'Mixed_7a_Branch_2_Conv2d_0a_1x1'],
  ['reduction-b/c2', 'Mixed_7a_Branch_2_Conv2d_0b_3x3'],
  ['reduction-b/c3', 'Mixed_7a_Branch_2_Conv2d_1a_3x3'],
];

/** The residual blocks: our letter, TF-Slim's name, the residual's scale a block, and the names of the towers' convolutions. */
const residuals = [
  {
    ours: 'a',
    theirs: 'Block35',
    scales: Array<number>(5).fill(0.17),
    towers: [
      ['a1', 'Branch_0_Conv2d_1x1'],
      ['b1', 'Branch_1_Conv2d_0a_1x1'],
      ['b2', 'Branch_1_Conv2d_0b_3x3'],
      ['c1', 'Branch_2_Conv2d_0a_1x1'],
      ['c2', 'Branch_2_Conv2d_0b_3x3'],
      ['c3', 'Branch_2_Conv2d_0c_3x3'],
    ],
  },
  { ours: 'b', theirs: 'Block17', scales: Array<number>(10).fill(0.1), towers: asymmetric('1x7', '7x1') },
  { ours: 'c', theirs: 'Block8', scales: [0.2, 0.2, 0.2, 0.2, 0.2, 1], towers: asymmetric('1x3', '3x1') },
] as const;

function asymmetric(wide: string, high: string) {
  return [
    ['a1', 'Branch_0_Conv2d_1x1'],
    ['b1', 'Branch_1_Conv2d_0a_1x1'],
    ['b2', `Branch_1_Conv2d_0b_${wide}`],
    ['b3', `Branch_1_Conv2d_0c_${high}`],
  ] as const;
}

const convolutions: readonly NamedConvolution[] = [
  ...plain.map(([ours, theirs]) => ({ ours, theirs })),
  ...residuals.flatMap(({ ours, theirs, scales, towers }) =>
    scales.flatMap((contained, i) => [
      ...towers.map(([our, their]) => ({
        ours: `${ours}-${i + 1}/sum/mixed/${our}`,
        theirs: `${theirs}_${i + 1}_${their}`,
      })),
      { ours: `${ours}-${i + 1}/sum/up`, theirs: `${theirs}_${i + 1}_Conv2d_1x1`, contained },
    ]),
  ),
];

/**
 * Give the tensors of davidsandberg's Inception-ResNet-v1 the names, the order and the residual scales of our table.
 *
 * @param raw - Norms folded into the biases, residual scales into the convolutions before them, under TF-Slim's names joined by
 *   `_`, as `Conv2d_1a_3x3_kernel` and `Conv2d_1a_3x3_Conv2D_bias`; kernels `[filters, height, width, in]`.
 * @throws {FaceError} `WEIGHTS_MISMATCH` when one is missing, too many or of another shape.
 */
export function facenetWeights(raw: ReadonlyMap<string, WeightTensor>): Weights {
  const left = new Map(raw);
  const take = (name: string): WeightTensor => {
    const tensor = left.get(name);
    if (!tensor) throw mismatch(`FaceNet's weights lack ${name}`);
    left.delete(name);
    return tensor;
  };
  const weights = new Map<string, WeightTensor>();
  for (const { ours, theirs, contained = 1 } of convolutions) {
    weights.set(`${ours}/kernel`, divided(filtersLast(take(`${theirs}_kernel`)), contained));
    weights.set(`${ours}/bias`, divided(take(`${theirs}_Conv2D_bias`), contained));
  }
  weights.set('bottleneck/kernel', filtersLast(take('Bottleneck_kernel_transpose')));
  weights.set('bottleneck/bias', take('Bottleneck_MatMul_bias'));
  const [extra] = left.keys();
  if (extra !== undefined) throw mismatch(`FaceNet's table has no place for ${extra}`);
  assertShapes(weights);
  return weights;
}

function divided({ shape, data }: WeightTensor, divisor: number): WeightTensor {
  return { shape, data: divisor === 1 ? data : data.map((value) => value / divisor) };
}

/** From `[filters, …]` to `[…, filters]`. */
function filtersLast({ shape: [filters = 0, ...rest], data }: WeightTensor): WeightTensor {
  const out = new Float32Array(data.length);
  for (let filter = 0, from = 0; filter < filters; filter++) {
    for (let to = filter; to < out.length; to += filters) out[to] = data[from++]!;
  }
  return { shape: [...rest, filters], data: out };
}

function assertShapes(weights: Weights): void {
  for (const { name, shape } of parameters(layOut(facenetInceptionResnetV1))) {
    const got = weights.get(name)?.shape;
    if (got && formatShape(got) === formatShape(shape)) continue;
    throw mismatch(`FaceNet's ${name} is ${got ? formatShape(got) : 'missing'}, expected ${formatShape(shape)}`);
  }
}

function mismatch(message: string): FaceError {
  return new FaceError('WEIGHTS_MISMATCH', `${message}.`);
}
