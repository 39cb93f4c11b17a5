import { layOut, parameters as parametersOf } from '@kith/network';
import { buildModel, loadTensorFlow } from '@kith/network/tfjs';
import { networks } from '@kith/pipeline';
import { expect, test } from 'vitest';

const tf = await loadTensorFlow();
type Tensor = ReturnType<typeof tf.zeros>;
type Scalar = ReturnType<typeof tf.scalar>;

/** A sum of an output's numbers, each by a factor of its own, and of their squares. */
function lossOf(output: Tensor): Scalar {
  const factors = tf.randomUniform(output.shape, -1, 1, 'float32', 5);
  return output.mul(factors).sum().add(output.square().mean());
}

test.each(networks.map((table) => [table.name, table] as const))(
  'every number that %s learns has a slope in training',
  (_, table) => {
    const before = tf.memory().numTensors;
    const model = buildModel(tf, table);
    const learned = parametersOf(layOut(table)).filter(({ trainable }) => trainable);
    const steepest = new Map<string, number>();
    tf.tidy(() => {
      const x = tf.randomUniform([2, ...table.input], -1, 1, 'float32', 3);
      const outputs = () => [model.apply(x, { training: true }) as Tensor | Tensor[]].flat();
      const loss = () =>
        outputs()
          .map(lossOf)
          .reduce((sum, one) => sum.add(one));
      const { grads } = tf.variableGrads(loss);
      for (const { name, originalName } of model.trainableWeights) {
        steepest.set(originalName, grads[name]!.abs().max().dataSync()[0]!);
      }
    });
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect([...steepest.keys()].sort()).toEqual(learned.map(({ name }) => name).sort());
    const flat = [...steepest].filter(([, slope]) => !(slope > 0 && Number.isFinite(slope)));
    expect(flat).toEqual([]);
  },
);
