import { expect, test } from 'vitest';
import { randomRows } from '../../../../../test/support/metric-batches.ts';
import {
  batchHard,
  centreLoss,
  contrastiveLoss,
  deepid2VerificationLoss,
  firstPairs,
  meanOfNonZero,
  nPairLoss,
  type Rows,
  reduce,
  semiHard,
  squaredL2,
  tripletLoss,
} from '../../metric/index.ts';
import type { Scalar, Tensor2D } from './row-tensors.ts';
import { type RowsLoss, rowsLoss } from './rows-loss.ts';
import { differentiate, expectSame, tensorOf, tf } from './tensor-losses.test-support.ts';

const labels = Int32Array.from({ length: 12 }, (_, row) => row % 4);
const centres = randomRows(4, 5, { seed: 9 });

const losses: Readonly<Record<string, (rows: Rows) => RowsLoss>> = {
  'semi-hard triplets': (rows) => {
    const distances = squaredL2.pairwise(rows);
    return reduce(tripletLoss(distances, semiHard(distances, labels)), meanOfNonZero);
  },
  'batch-hard triplets': (rows) => {
    const distances = squaredL2.pairwise(rows);
    return reduce(tripletLoss(distances, batchHard(distances, labels)));
  },
  contrastive: (rows) => reduce(contrastiveLoss(squaredL2.pairwise(rows), labels)),
  DeepID2: (rows) => reduce(deepid2VerificationLoss(squaredL2.pairwise(rows), labels, { marginL2: 1.4 })),
  'N-pair': (rows) => reduce(nPairLoss(rows, firstPairs(labels))),
  centre: (rows) => reduce(centreLoss(rows, labels, { centres })),
};

test.each(Object.entries(losses))(
  '%s by the bridge: value and gradient as on plain arrays, times the upstream',
  (_, loss) => {
    for (const unit of [true, false]) {
      const rows = randomRows(12, 5, { unit });
      const expected = loss(rows);
      let calls = 0;
      const got = differentiate(
        () => [tensorOf(rows)],
        (x) =>
          rowsLoss(tf, x, (given) => {
            calls++;
            return loss(given);
          }).mul(3) as Scalar,
      );
      expectSame(got, {
        value: 3 * expected.value,
        gradients: [expected.gradients.embeddings.map((part) => 3 * part)],
      });
      expect(calls).toBe(1);
    }
  },
);

test('a variable behind the embeddings takes the gradient, and no tensor is left', () => {
  const before = tf.memory().numTensors;
  const variable = tf.tidy(() => tf.variable(tf.tensor2d([1, 2, 3, 4], [2, 2])));
  const of = (rows: Rows): RowsLoss => ({
    value: Float64Array.from(rows.values).reduce((sum, x) => sum + x, 0),
    gradients: { embeddings: new Float64Array(4).fill(1) },
  });
  const { value, grads } = tf.variableGrads(() => rowsLoss(tf, variable.mul(2) as Tensor2D, of));
  expect(value.dataSync()[0]).toBe(20);
  expect([...grads[variable.name]!.dataSync()]).toEqual([2, 2, 2, 2]);
  tf.dispose([value, grads, variable]);
  expect(tf.memory().numTensors).toBe(before);
});

test('a gradient of another shape is refused', () => {
  const short = () => ({ value: 0, gradients: { embeddings: new Float64Array(3) } });
  tf.tidy(() => {
    expect(() => rowsLoss(tf, tf.zeros([2, 2]), short)).toThrow(/Expected a gradient of 4 numbers, got 3/);
  });
});
