import { FaceError } from '@kith/core';
import type { Weights, WeightTensor } from '@kith/network';
import type { TensorFlow } from '@kith/network/tfjs';
import type { Tensor, Variable } from '@tensorflow/tfjs';
import { learningRate } from '../../solver/learning-rate.ts';
import type { SolverConfig, SolverType } from '../../solver/solver-config.ts';

/** What a parameter's learning rate and weight decay are multiplied by, by its name; both 1 by default. */
export type Multipliers = (name: string) => { readonly rate?: number; readonly decay?: number };

export interface OptimizerOptions {
  readonly config: SolverConfig;
  /** What it updates, by name. */
  readonly variables: ReadonlyMap<string, Variable>;
  readonly multipliers?: Multipliers;
}

/** Make updates of gradients in Caffe's order: sum, clip, divide, decay, rule. */
export interface Optimizer {
  /** Add the gradients of one batch, by the variables' names; they stay the caller's. */
  accumulate(gradients: ReadonlyMap<string, Tensor>): void;
  /** Update the variables from the gradients so far. @param iteration - Completed updates. */
  apply(iteration: number): { readonly learningRate: number /** Before clipping. */; readonly gradientNorm: number };
  /** All that it remembers between updates. */
  state(): Weights;
  /** @throws {FaceError} `SNAPSHOT_MISMATCH` when the state is of other variables or of another rule. */
  restore(state: Weights): void;
  /** The moving average of the variables; undefined where the solver keeps none. */
  averaged(): Weights | undefined;
  dispose(): void;
}

/** Names of what each rule remembers of a variable. */
const slotsOf: Readonly<Record<SolverType, readonly string[]>> = {
  SGD: ['velocity'],
  Nesterov: ['velocity'],
  AdaGrad: ['squares'],
  RMSProp: ['squares'],
  AdaDelta: ['squares', 'updates'],
  Adam: ['mean', 'squares'],
  AdamW: ['mean', 'squares'],
};
const averageSlot = 'average';

/**
 * Open an optimizer over variables of TensorFlow.js.
 *
 * @see Jia et al., Caffe, 2014, `sgd_solver.cpp`; Loshchilov & Hutter, Decoupled Weight Decay Regularization, ICLR 2019, for AdamW.
 */
export function createOptimizer(
  tf: TensorFlow,
  { config, variables, multipliers = () => ({}) }: OptimizerOptions,
): Optimizer {
  const { type, emaDecay } = config;
  const slotNames = [...slotsOf[type], ...(emaDecay === undefined ? [] : [averageSlot])];
  const slots = new Map<string, Variable>();
  for (const [name, variable] of variables) {
    for (const slot of slotNames) {
      const start = tf.tidy(() => (slot === averageSlot ? variable.clone() : tf.zerosLike(variable)));
      slots.set(`${name}/${slot}`, tf.variable(start, false));
      start.dispose();
    }
  }
  let sums = new Map<string, Tensor>();
  const slotOf = (name: string) => (slot: string) => slots.get(`${name}/${slot}`)!;
  return {
    accumulate(gradients) {
      for (const name of variables.keys()) {
        const gradient = gradients.get(name)!;
        const before = sums.get(name);
        sums.set(name, before ? before.add(gradient) : gradient.clone());
        before?.dispose();
      }
    },
    apply(iteration) {
      const rate = learningRate(config, iteration);
      const gradientNorm = tf.tidy(() => lengthOf(tf, [...sums.values()]));
      tf.tidy(() => {
        const isClipped = config.clipGradients !== undefined && gradientNorm > config.clipGradients;
        const factor = (isClipped ? config.clipGradients! / gradientNorm : 1) / config.iterationSize;
        const rule = ruleOf(tf, { config, iteration });
        for (const [name, variable] of variables) {
          const { rate: rateFactor = 1, decay: decayFactor = 1 } = multipliers(name);
          const decay = config.weightDecay * decayFactor;
          const ownRate = rate * rateFactor;
          let gradient = factor === 1 ? sums.get(name)! : sums.get(name)!.mul(factor);
          if (decay > 0 && type !== 'AdamW') gradient = gradient.add(penalty(variable, config).mul(decay));
          const update = rule(gradient, { rate: ownRate, slot: slotOf(name) });
          const kept = decay > 0 && type === 'AdamW' ? variable.mul(1 - ownRate * decay) : variable;
          variable.assign(kept.sub(update));
          if (emaDecay !== undefined) follow(slotOf(name)(averageSlot), variable, emaDecay);
        }
      });
      tf.dispose([...sums.values()]);
      sums = new Map();
      return { learningRate: rate, gradientNorm };
    },
    state: () => numbersOf(slots),
    restore(state) {
      assertFits(slots, state);
      for (const [name, slot] of slots) {
        const { shape, data } = state.get(name)!;
        tf.tidy(() => slot.assign(tf.tensor(data.slice(), [...shape], 'float32')));
      }
    },
    averaged() {
      if (emaDecay === undefined) return undefined;
      return numbersOf(new Map([...variables.keys()].map((name) => [name, slotOf(name)(averageSlot)])));
    },
    dispose() {
      tf.dispose([...slots.values(), ...sums.values()]);
    },
  };
}

/** Length of all gradients as one vector; read once. */
function lengthOf(tf: TensorFlow, gradients: readonly Tensor[]): number {
  const squares = gradients.map((gradient) => gradient.square().sum());
  return Math.sqrt(tf.addN(squares).dataSync()[0]!);
}

/** The derivative of what is to be small besides the loss. */
function penalty(variable: Variable, { regularization }: SolverConfig): Tensor {
  return regularization === 'L1' ? variable.sign() : variable;
}

/** Let a slot go towards a value: `decay · slot + (1 − decay) · value`. */
function follow(slot: Variable, value: Tensor, decay: number): Tensor {
  const next = slot.add(value.sub(slot).mul(1 - decay));
  slot.assign(next);
  return next;
}

interface RuleStep {
  readonly rate: number;
  readonly slot: (name: string) => Variable;
}

/** What is taken off the weights for a gradient. */
type Rule = (gradient: Tensor, step: RuleStep) => Tensor;

function ruleOf(
  tf: TensorFlow,
  { config, iteration }: { readonly config: SolverConfig; readonly iteration: number },
): Rule {
  const { momentum, momentum2, rmsDecay, delta } = config;
  const assigned = (slot: Variable, value: Tensor): Tensor => {
    slot.assign(value);
    return value;
  };
  switch (config.type) {
    case 'SGD':
      return (gradient, { rate, slot }) =>
        assigned(slot('velocity'), slot('velocity').mul(momentum).add(gradient.mul(rate)));
    case 'Nesterov':
      return (gradient, { rate, slot }) => {
        const before = slot('velocity').mul(momentum);
        return assigned(slot('velocity'), before.add(gradient.mul(rate)))
          .mul(1 + momentum)
          .sub(before);
      };
    case 'AdaGrad':
      return (gradient, { rate, slot }) => {
        const squares = assigned(slot('squares'), slot('squares').add(gradient.square()));
        return gradient.mul(rate).div(squares.sqrt().add(delta));
      };
    case 'RMSProp':
      return (gradient, { rate, slot }) =>
        gradient.mul(rate).div(follow(slot('squares'), gradient.square(), rmsDecay).sqrt().add(delta));
    case 'AdaDelta':
      return (gradient, { rate, slot }) => {
        const squares = follow(slot('squares'), gradient.square(), momentum);
        const update = gradient.mul(slot('updates').add(delta).div(squares.add(delta)).sqrt());
        follow(slot('updates'), update.square(), momentum);
        return update.mul(rate);
      };
    case 'Adam':
    case 'AdamW': {
      const correction = Math.sqrt(1 - momentum2 ** (iteration + 1)) / (1 - momentum ** (iteration + 1));
      return (gradient, { rate, slot }) => {
        const mean = follow(slot('mean'), gradient, momentum);
        const squares = follow(slot('squares'), gradient.square(), momentum2);
        return mean.mul(rate * correction).div(tf.add(squares.sqrt(), delta));
      };
    }
  }
}

function numbersOf(variables: ReadonlyMap<string, Variable>): Weights {
  return new Map(
    [...variables].map(([name, variable]): [string, WeightTensor] => [
      name,
      { shape: variable.shape, data: Float32Array.from(variable.dataSync()) },
    ]),
  );
}

function assertFits(slots: ReadonlyMap<string, Variable>, state: Weights): void {
  const fits = ([name, slot]: [string, Variable]) => state.get(name)?.data.length === slot.size;
  const wrong = [...slots].find((entry) => !fits(entry))?.[0] ?? [...state.keys()].find((name) => !slots.has(name));
  if (wrong === undefined) return;
  throw new FaceError(
    'SNAPSHOT_MISMATCH',
    `The optimizer's state does not fit: ${wrong} is missing, of another size, or too many.`,
  );
}
