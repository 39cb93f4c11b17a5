import type { TensorFlow } from '@kith/network/tfjs';
import type { Tensor, Tensor1D, Variable } from '@tensorflow/tfjs';
import type { Multiplier } from '../../solver/update-rules.ts';

/** Variables that are updated as one: a large one alone, or small ones with the same multipliers as one row of numbers. */
export interface VariableGroup {
  /** Of its first variable. */
  readonly name: string;
  readonly variables: ReadonlyMap<string, Variable>;
  readonly multiplier: Required<Multiplier>;
}

/** Largest tensor that is copied so that it can be dealt with together with others. */
export const smallSize = 1 << 14;

/** Put small variables together: an operation costs some 20 µs however few numbers it reads, and a network has many norms. */
export function groupVariables(
  variables: ReadonlyMap<string, Variable>,
  multipliers: (name: string) => Multiplier,
): readonly VariableGroup[] {
  const groups = new Map<string, VariableGroup & { readonly variables: Map<string, Variable> }>();
  for (const [name, variable] of variables) {
    const { rate = 1, decay = 1 } = multipliers(name);
    const key = variable.size > smallSize ? name : `small, ${rate}, ${decay}`;
    const group = groups.get(key) ?? { name, variables: new Map(), multiplier: { rate, decay } };
    group.variables.set(name, variable);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** One tensor for each variable of a group, as one. */
export function join(tf: TensorFlow, tensors: readonly Tensor[]): Tensor {
  if (tensors.length === 1) return tensors[0]!;
  return tf.concat(tensors.map((tensor) => (tensor.rank === 1 ? (tensor as Tensor1D) : tensor.flatten())));
}

/** What {@link join} made one, by the names of the variables and in their shapes. */
export function part(tf: TensorFlow, joined: Tensor, { variables }: VariableGroup): ReadonlyMap<string, Tensor> {
  const names = [...variables.keys()];
  if (names.length === 1) return new Map([[names[0]!, joined]]);
  const shapes = [...variables.values()].map(({ shape, size }) => ({ shape, size }));
  const parts = tf.split(
    joined,
    shapes.map(({ size }) => size),
  );
  return new Map(
    names.map((name, i) => {
      const { shape } = shapes[i]!;
      return [name, shape.length === 1 ? parts[i]! : parts[i]!.reshape(shape)];
    }),
  );
}
