import type { Weights } from '@kith/network';
import type { TensorFlow } from '@kith/network/tfjs';
import type { Tensor, Variable } from '@tensorflow/tfjs';

/**
 * Moving averages of what a network keeps but does not train, the running statistics of its norms. Averaged weights need them: by the
 * statistics of the weights as they stand they are judged worse than those.
 */
export class NormAverages {
  readonly #tf: TensorFlow;
  readonly #kept: ReadonlyMap<string, Variable>;
  readonly #decay: number;
  readonly #averages = new Map<string, Tensor>();

  /** @param kept - By name. */
  constructor(tf: TensorFlow, kept: ReadonlyMap<string, Variable>, { decay }: { readonly decay: number }) {
    this.#tf = tf;
    this.#kept = kept;
    this.#decay = decay;
    for (const [name, variable] of kept) this.#averages.set(name, variable.clone());
  }

  /** Follow what is kept, after an update. */
  follow(): void {
    for (const [name, variable] of this.#kept) {
      const before = this.#averages.get(name)!;
      const next = this.#tf.tidy(() => before.add(variable.sub(before).mul(1 - this.#decay)));
      this.#averages.set(name, next);
      before.dispose();
    }
  }

  state(): Weights {
    return new Map(
      [...this.#averages].map(([name, average]) => {
        return [name, { shape: average.shape, data: Float32Array.from(average.dataSync()) }] as const;
      }),
    );
  }

  restore(state: Weights): void {
    for (const name of this.#kept.keys()) {
      const { shape, data } = state.get(name)!;
      this.#averages.get(name)!.dispose();
      this.#averages.set(name, this.#tf.tensor(data.slice(), [...shape], 'float32'));
    }
  }

  dispose(): void {
    this.#tf.dispose([...this.#averages.values()]);
  }
}
