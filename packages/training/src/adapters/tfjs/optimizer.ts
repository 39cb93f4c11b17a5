import { FaceError } from '@kith/core';
import type { Weights, WeightTensor } from '@kith/network';
import type { TensorFlow } from '@kith/network/tfjs';
import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs';
import { learningRate } from '../../solver/learning-rate.ts';
import type { SolverConfig } from '../../solver/solver-config.ts';
import { type Multiplier, updateRules } from '../../solver/update-rules.ts';
import { tensorRules, towards } from './update-on-tensors.ts';
import { groupVariables, join, part, smallSize, type VariableGroup } from './variable-groups.ts';

/** What a parameter's learning rate and weight decay are multiplied by, by its name; both 1 by default. */
export type Multipliers = (name: string) => Multiplier;

export interface OptimizerOptions {
  readonly config: SolverConfig;
  /** What it updates, by name. They stay the caller's. */
  readonly variables: ReadonlyMap<string, Variable>;
  /** Biases and what norms learn commonly have no decay: `decay: 0`. One with `rate: 0` stays as it is. */
  readonly multipliers?: Multipliers;
}

/** Make updates of gradients in Caffe's order: sum, clip, divide, decay, rule. */
export interface Optimizer {
  /** Add the gradients of one batch, by the variables' names; one that the loss does not reach may be missing. They stay the caller's. */
  accumulate(gradients: ReadonlyMap<string, Tensor | undefined>): void;
  /** Update the variables from the gradients so far; a gradient that is not finite changes none. @param iteration - Completed updates. */
  apply(iteration: number): Update;
  /** All that it remembers between updates, to the bit. Gradients that wait for `apply` are not in it. */
  state(): Weights;
  /** @throws {FaceError} `SNAPSHOT_MISMATCH` when the state is of other variables or of another rule. */
  restore(state: Weights): void;
  /** The moving average of the variables; undefined where the solver keeps none. */
  averaged(): Weights | undefined;
  dispose(): void;
}

export interface Update {
  readonly learningRate: number;
  /** L2 norm of the summed gradient before clipping. */
  readonly gradientNorm: number;
}

/** An update under way. */
interface Pass extends Update {
  readonly iteration: number;
  /** By which the summed gradients are multiplied: clipped, and divided by the batches. */
  readonly scale: number;
  readonly number: (value: number) => Scalar;
}

const averageSlot = 'average';

/**
 * Open an optimizer over variables of TensorFlow.js.
 *
 * @see updateParameters, which defines the results in plain numbers.
 * @see Jia et al., Caffe, 2014, `sgd_solver.cpp`; Loshchilov & Hutter, Decoupled Weight Decay Regularization, ICLR 2019, for AdamW.
 */
export function createOptimizer(tf: TensorFlow, options: OptimizerOptions): Optimizer {
  return new TensorOptimizer(tf, options);
}

class TensorOptimizer implements Optimizer {
  readonly #tf: TensorFlow;
  readonly #config: SolverConfig;
  readonly #variables: ReadonlyMap<string, Variable>;
  readonly #groups: readonly VariableGroup[];
  readonly #multipliers: Multipliers;
  readonly #sums = new Map<string, Tensor>();
  /** By `group/slot`. */
  readonly #slots = new Map<string, Tensor>();

  constructor(tf: TensorFlow, { config, variables, multipliers = () => ({}) }: OptimizerOptions) {
    this.#tf = tf;
    this.#config = config;
    this.#variables = variables;
    this.#multipliers = multipliers;
    this.#groups = groupVariables(variables, multipliers);
    for (const group of this.#groups)
      tf.tidy(() => {
        const weights = join(tf, [...group.variables.values()]);
        for (const slot of updateRules[config.type].slots)
          this.#replace(this.#slots, `${group.name}/${slot}`, tf.zerosLike(weights));
        if (config.emaDecay !== undefined) this.#replace(this.#slots, `${group.name}/${averageSlot}`, weights.clone());
      });
  }

  accumulate(gradients: ReadonlyMap<string, Tensor | undefined>): void {
    for (const name of this.#variables.keys()) {
      const gradient = gradients.get(name);
      if (!gradient || this.#multipliers(name).rate === 0) continue;
      this.#replace(this.#sums, name, this.#sums.get(name)?.add(gradient) ?? gradient.clone());
    }
  }

  apply(iteration: number): Update {
    const tf = this.#tf;
    const { clipGradients = Number.POSITIVE_INFINITY, iterationSize } = this.#config;
    const gradientNorm = tf.tidy(() => normOf(tf, [...this.#sums.values()]));
    const update = { learningRate: learningRate(this.#config, iteration), gradientNorm };
    const scale = (gradientNorm > clipGradients ? clipGradients / gradientNorm : 1) / iterationSize;
    const numbers = new Map<number, Scalar>();
    const number = (value: number): Scalar => {
      if (!numbers.has(value)) numbers.set(value, tf.keep(tf.scalar(value)));
      return numbers.get(value)!;
    };
    if (Number.isFinite(gradientNorm))
      for (const group of this.#groups) tf.tidy(() => this.#update(group, { ...update, iteration, scale, number }));
    tf.dispose([...numbers.values()]);
    this.#dropSums();
    return update;
  }

  #update(group: VariableGroup, { learningRate: baseRate, iteration, scale, number }: Pass): void {
    const tf = this.#tf;
    const config = this.#config;
    const { type, weightDecay, regularization, emaDecay } = config;
    const { name, variables, multiplier } = group;
    if (multiplier.rate === 0) return;
    const [rate, decay] = [baseRate * multiplier.rate, weightDecay * multiplier.decay];

    let weights = join(tf, [...variables.values()]);
    const decayed = (share: number): Tensor =>
      (regularization === 'L1' ? weights.sign<Tensor>() : weights).mul(number(share));
    let gradient = join(
      tf,
      [...variables].map(([own, { shape }]) => this.#sums.get(own) ?? tf.zeros(shape)),
    );
    if (scale !== 1) gradient = gradient.mul(number(scale));
    if (decay !== 0) {
      if (updateRules[type].decays === 'the gradient') gradient = gradient.add(decayed(decay));
      else weights = weights.sub(decayed(rate * decay));
    }
    const slots = updateRules[type].slots.map((slot) => `${name}/${slot}`);
    const memory = slots.map((slot) => this.#slots.get(slot)!);
    const [step, ...next] = tensorRules[type](gradient, memory, { rate, iteration, config, number });
    const updated = weights.sub<Tensor>(step);
    for (const [own, tensor] of part(tf, updated, group)) variables.get(own)!.assign(tensor);
    slots.forEach((slot, i) => {
      this.#replace(this.#slots, slot, next[i]!);
    });
    if (emaDecay === undefined) return;
    const average = `${name}/${averageSlot}`;
    this.#replace(this.#slots, average, towards(this.#slots.get(average)!, updated, { decay: emaDecay, number }));
  }

  /** Keep a tensor under a name, in the place of the one before. */
  #replace(tensors: Map<string, Tensor>, name: string, tensor: Tensor): void {
    tensors.get(name)?.dispose();
    tensors.set(name, this.#tf.keep(tensor));
  }

  #dropSums(): void {
    this.#tf.dispose([...this.#sums.values()]);
    this.#sums.clear();
  }

  state(): Weights {
    const slots = this.#slotNames();
    return new Map(this.#groups.flatMap((group) => slots.flatMap((slot) => this.#read(group, slot, `/${slot}`))));
  }

  restore(state: Weights): void {
    const slots = this.#slotNames();
    assertFits(this.#variables, { slots, state });
    this.#dropSums();
    const tf = this.#tf;
    for (const { name, variables } of this.#groups)
      for (const slot of slots)
        tf.tidy(() => {
          const own = [...variables].map(([variable, { shape }]) => {
            // numbers of its own: TensorFlow.js keeps what it is given, and takes no shared memory
            return tf.tensor(state.get(`${variable}/${slot}`)!.data.slice(), shape, 'float32');
          });
          this.#replace(this.#slots, `${name}/${slot}`, join(tf, own));
        });
  }

  #slotNames(): readonly string[] {
    return [...updateRules[this.#config.type].slots, ...(this.#config.emaDecay === undefined ? [] : [averageSlot])];
  }

  /** What a group has in a slot, by the names of its variables with an ending. */
  #read(group: VariableGroup, slot: string, ending = ''): readonly [string, WeightTensor][] {
    const tf = this.#tf;
    const found: [string, WeightTensor][] = [];
    tf.tidy(() => {
      for (const [name, tensor] of part(tf, this.#slots.get(`${group.name}/${slot}`)!, group)) {
        found.push([`${name}${ending}`, { shape: tensor.shape, data: Float32Array.from(tensor.dataSync()) }]);
      }
    });
    return found;
  }

  averaged(): Weights | undefined {
    if (this.#config.emaDecay === undefined) return undefined;
    return new Map(this.#groups.flatMap((group) => this.#read(group, averageSlot)));
  }

  dispose(): void {
    this.#dropSums();
    this.#tf.dispose([...this.#slots.values()]);
    this.#slots.clear();
  }
}

/** L2 norm of all gradients as one vector; read once. */
function normOf(tf: TensorFlow, gradients: readonly Tensor[]): number {
  const small = gradients.filter(({ size }) => size <= smallSize).map((gradient) => gradient.flatten());
  const pieces: Tensor[] = gradients.filter(({ size }) => size > smallSize);
  if (small.length > 0) pieces.push(tf.concat(small));
  if (pieces.length === 0) return 0;
  return Math.sqrt(tf.addN(pieces.map((piece) => piece.square().sum())).dataSync()[0]!);
}

function assertFits(
  variables: ReadonlyMap<string, Variable>,
  { slots, state }: { readonly slots: readonly string[]; readonly state: Weights },
): void {
  const wanted = new Map(
    [...variables].flatMap(([name, { shape }]) => slots.map((slot) => [`${name}/${slot}`, shape.join()])),
  );
  const wrong =
    [...wanted].find(([name, shape]) => state.get(name)?.shape.join() !== shape)?.[0] ??
    [...state.keys()].find((name) => !wanted.has(name));
  if (wrong === undefined) return;
  throw new FaceError(
    'SNAPSHOT_MISMATCH',
    `The optimizer's state does not fit: ${wrong} is missing, of another shape, or too many.`,
  );
}
