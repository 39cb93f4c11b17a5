/** Rows of a batch in threes; triplet `t` is `anchor[t]`, `positive[t]`, `negative[t]`. */
export interface Triplets {
  readonly anchor: Int32Array;
  readonly positive: Int32Array;
  readonly negative: Int32Array;
}

/** Triplets in the making: room doubles, so what is allocated follows what is found. */
export class TripletList {
  private size = 0;
  private anchors = new Int32Array(64);
  private positives = new Int32Array(64);
  private negatives = new Int32Array(64);

  add(anchor: number, positive: number, negative: number): void {
    if (this.size === this.anchors.length) this.grow();
    this.anchors[this.size] = anchor;
    this.positives[this.size] = positive;
    this.negatives[this.size] = negative;
    this.size++;
  }

  finish(): Triplets {
    const { size } = this;
    return {
      anchor: this.anchors.slice(0, size),
      positive: this.positives.slice(0, size),
      negative: this.negatives.slice(0, size),
    };
  }

  private grow(): void {
    const longer = (values: Int32Array): Int32Array<ArrayBuffer> => {
      const copy = new Int32Array(values.length * 2);
      copy.set(values);
      return copy;
    };
    this.anchors = longer(this.anchors);
    this.positives = longer(this.positives);
    this.negatives = longer(this.negatives);
  }
}
