import type { LfwFigures, ModelCard, SpeedFigures } from './model-card.ts';

/** What is known of a model without loading it. */
export interface ModelEntry extends Omit<ModelCard, 'lfw' | 'speed'> {
  readonly space: string;
  readonly dimension: number;
  /** Name of the network that embeds. */
  readonly network: string;
  readonly parameters: number;
  /** Multiply-adds of one run of that network. */
  readonly macs: number;
  /** Null where it was not measured. */
  readonly lfw: LfwFigures | null;
  readonly speed: SpeedFigures | null;
  /** Whether the weights are there. */
  readonly available: boolean;
  readonly default: boolean;
}
