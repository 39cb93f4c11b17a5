import { seedOf } from '@kith/core';
import type * as tfTypes from '@tensorflow/tfjs';
import { geometryOf } from '../../geometry.ts';
import type { Operation } from '../../operation.ts';
import { parametersOf } from '../../parameters.ts';
import type { Shape } from '../../shape.ts';
import { compute } from './compute.ts';
import type { Tensor, TensorFlow } from './tensorflow.ts';

/** A table's operation under the name of its node, as a saved model keeps it. */
export interface OperationLayerConfig {
  readonly name: string;
  readonly operation: Operation;
}

/** How a model is applied: `model.apply(x, { training: true, seed })`. */
export interface CallOptions {
  /** Whether norms go by the batch and dropout drops; not by default. */
  readonly training?: boolean;
  /** Of what layers draw; each draws its own. By chance where left out. */
  readonly seed?: number | undefined;
}

export type OperationLayerClass = new (config: OperationLayerConfig) => tfTypes.layers.Layer;

/** One class for each copy of TensorFlow.js, since a layer extends the caller's own. */
const classes = new WeakMap<object, OperationLayerClass>();

/**
 * The layer of one operation, registered so that saved models load. Call it before loading one.
 *
 * @returns A class of layers of the caller's TensorFlow.js.
 */
export function operationLayer(tf: TensorFlow): OperationLayerClass {
  const known = classes.get(tf.layers.Layer);
  if (known) return known;
  const made = define(tf);
  classes.set(tf.layers.Layer, made);
  return made;
}

function define(tf: TensorFlow): OperationLayerClass {
  class OperationLayer extends tf.layers.Layer {
    static className = 'KithOperation';
    readonly operation: Operation;
    #parts = new Map<string, tfTypes.LayerVariable>();
    #inputs: readonly Shape[] = [];

    constructor({ name, operation, ...rest }: OperationLayerConfig) {
      super({ name, ...rest });
      this.operation = operation;
    }

    override build(inputShape: tfTypes.Shape | tfTypes.Shape[]): void {
      this.#inputs = withoutBatch(inputShape);
      const output = described(this.operation, this.#inputs).shape;
      for (const { name, shape, trainable } of parametersOf(this.name, this.operation, this.#inputs[0]!, output)) {
        const part = name.slice(this.name.length + 1);
        const zeros = tf.initializers.zeros();
        this.#parts.set(part, this.addWeight(part, [...shape], 'float32', zeros, undefined, trainable));
      }
      this.built = true;
    }

    override computeOutputShape(inputShape: tfTypes.Shape | tfTypes.Shape[]): tfTypes.Shape {
      return [null, ...described(this.operation, withoutBatch(inputShape)).shape];
    }

    override call(inputs: Tensor | Tensor[], { training = false, seed }: CallOptions = {}): Tensor {
      return tf.tidy(() =>
        compute(tf, {
          operation: this.operation,
          inputs: Array.isArray(inputs) ? inputs : [inputs],
          inputShapes: this.#inputs,
          ...described(this.operation, this.#inputs),
          part: (name) => this.#parts.get(name)?.read(),
          keep: (name, value) => this.#parts.get(name)!.write(value),
          training,
          seed: seed === undefined ? undefined : seedOf(seed, ...new TextEncoder().encode(this.name)),
        }),
      );
    }

    override getConfig(): tfTypes.serialization.ConfigDict {
      const operation = this.operation as unknown as tfTypes.serialization.ConfigDict;
      return { ...super.getConfig(), operation };
    }
  }
  tf.serialization.registerClass(OperationLayer as unknown as Parameters<typeof tf.serialization.registerClass>[0]);
  return OperationLayer;
}

function withoutBatch(shape: tfTypes.Shape | tfTypes.Shape[]): readonly Shape[] {
  const shapes = (Array.isArray(shape[0]) ? shape : [shape]) as tfTypes.Shape[];
  return shapes.map((one) => one.slice(1) as unknown as Shape);
}

function described(operation: Operation, inputs: readonly Shape[]) {
  const found = geometryOf(operation, inputs);
  if (typeof found === 'string') throw new Error(`${operation.kind} ${found}.`);
  return found;
}
