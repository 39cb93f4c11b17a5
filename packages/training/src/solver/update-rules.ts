import { learningRate } from './learning-rate.ts';
import type { SolverConfig, SolverType } from './solver-config.ts';

/** How one weight moves: what makes a rule differ from the others. */
export interface UpdateRule {
  /** What it remembers of each weight from update to update, all 0 at first. */
  readonly slots: readonly string[];
  /** Where the weight decay goes. */
  readonly decays: 'the gradient' | 'the weight';
  /**
   * What is to be taken off a weight.
   *
   * @param gradient - Clipped, divided, and with the decay where it goes to the gradient.
   * @param memory - What is remembered of this weight, in the order of `slots`; brought up to date.
   */
  readonly step: (gradient: number, memory: number[], settings: StepSettings) => number;
}

export interface StepSettings {
  /** Learning rate with the parameter's own factor. */
  readonly rate: number;
  /** Updates completed before. */
  readonly iteration: number;
  readonly config: SolverConfig;
}

const adam: UpdateRule['step'] = (gradient, memory, { rate, iteration, config }) => {
  const { momentum: beta1, momentum2: beta2, delta } = config;
  memory[0] = beta1 * memory[0]! + (1 - beta1) * gradient;
  memory[1] = beta2 * memory[1]! + (1 - beta2) * gradient ** 2;
  const correction = Math.sqrt(1 - beta2 ** (iteration + 1)) / (1 - beta1 ** (iteration + 1));
  return (rate * correction * memory[0]) / (Math.sqrt(memory[1]) + delta);
};

/**
 * Caffe's rules, one weight at a time: the definition to which faster forms are held.
 *
 * @see Jia et al., Caffe, ACM MM 2014; Loshchilov & Hutter, Decoupled Weight Decay, ICLR 2019, algorithm 2 (AdamW).
 */
export const updateRules: Readonly<Record<SolverType, UpdateRule>> = {
  SGD: {
    slots: ['velocity'],
    decays: 'the gradient',
    step: (gradient, memory, { rate, config }) => {
      // the rate is inside: after it falls, old velocity still counts at the old rate
      memory[0] = config.momentum * memory[0]! + rate * gradient;
      return memory[0];
    },
  },
  Nesterov: {
    slots: ['velocity'],
    decays: 'the gradient',
    step: (gradient, memory, { rate, config: { momentum } }) => {
      const last = memory[0]!;
      memory[0] = momentum * last + rate * gradient;
      return (1 + momentum) * memory[0] - momentum * last;
    },
  },
  AdaGrad: {
    slots: ['squares'],
    decays: 'the gradient',
    step: (gradient, memory, { rate, config }) => {
      memory[0] = memory[0]! + gradient ** 2;
      return (rate * gradient) / (Math.sqrt(memory[0]) + config.delta);
    },
  },
  RMSProp: {
    slots: ['squares'],
    decays: 'the gradient',
    step: (gradient, memory, { rate, config: { rmsDecay, delta } }) => {
      memory[0] = rmsDecay * memory[0]! + (1 - rmsDecay) * gradient ** 2;
      return (rate * gradient) / (Math.sqrt(memory[0]) + delta);
    },
  },
  AdaDelta: {
    slots: ['squares', 'updates'],
    decays: 'the gradient',
    step: (gradient, memory, { rate, config: { momentum, delta } }) => {
      memory[0] = momentum * memory[0]! + (1 - momentum) * gradient ** 2;
      const step = gradient * Math.sqrt((memory[1]! + delta) / (memory[0] + delta));
      memory[1] = momentum * memory[1]! + (1 - momentum) * step ** 2;
      return rate * step;
    },
  },
  Adam: { slots: ['mean', 'squares'], decays: 'the gradient', step: adam },
  AdamW: { slots: ['mean', 'squares'], decays: 'the weight', step: adam },
};

/** Factors of one parameter's own on the learning rate and the weight decay: Caffe's `lr_mult` and `decay_mult`, 1 by default. */
export interface Multiplier {
  readonly rate?: number;
  readonly decay?: number;
}

/** A parameter under training, in plain numbers. */
export interface TrainedParameter {
  readonly weights: Float64Array;
  /** Sum over the batches of the update. */
  readonly gradient: Float64Array;
  /** An array for each slot of the rule. */
  readonly slots: readonly Float64Array[];
  readonly multiplier?: Multiplier;
}

/**
 * Update weights in place, in Caffe's order: clip the summed gradient, divide it by the batches, add the decay, step.
 *
 * A parameter whose rate factor is 0 stays as it is, and its gradient is not counted.
 *
 * @returns L2 norm of the summed gradient before it was clipped.
 */
export function updateParameters(
  parameters: readonly TrainedParameter[],
  { config, iteration }: { readonly config: SolverConfig; readonly iteration: number },
): number {
  const { iterationSize, weightDecay, regularization, clipGradients = Number.POSITIVE_INFINITY } = config;
  const rule = updateRules[config.type];
  const lr = learningRate(config, iteration);
  const moving = parameters.filter(({ multiplier }) => multiplier?.rate !== 0);
  const norm = Math.sqrt(moving.reduce((sum, { gradient }) => gradient.reduce((all, g) => all + g * g, sum), 0));
  const scale = (norm > clipGradients ? clipGradients / norm : 1) / iterationSize;

  for (const { weights, gradient, slots, multiplier: { rate = 1, decay = 1 } = {} } of moving) {
    const settings = { rate: lr * rate, iteration, config };
    for (let i = 0; i < weights.length; i++) {
      const weight = weights[i]!;
      const decayed = weightDecay * decay * (regularization === 'L2' ? weight : Math.sign(weight));
      const memory = slots.map((slot) => slot[i]!);
      const step = rule.step(scale * gradient[i]! + (rule.decays === 'the gradient' ? decayed : 0), memory, settings);
      weights[i] = weight - step - (rule.decays === 'the weight' ? settings.rate * decayed : 0);
      slots.forEach((slot, s) => {
        slot[i] = memory[s]!;
      });
    }
  }
  return norm;
}
