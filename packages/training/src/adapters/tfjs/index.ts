export type { Objective, ObjectiveContext } from './objective.ts';
export { createOptimizer, type Multipliers, type Optimizer, type OptimizerOptions } from './optimizer.ts';
export {
  type Judged,
  type TrainedStep,
  type TrainingResult,
  type TrainingState,
  type TrainingTask,
  train,
} from './train.ts';
