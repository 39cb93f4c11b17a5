export type { Objective, ObjectiveContext } from './objective.ts';
export { createOptimizer, type Multipliers, type Optimizer, type OptimizerOptions } from './optimizer.ts';
export { gradientStep, type StepResult, type StepTask } from './step.ts';
export {
  type Judged,
  type TrainedStep,
  type TrainingResult,
  type TrainingState,
  type TrainingTask,
  train,
} from './train.ts';
