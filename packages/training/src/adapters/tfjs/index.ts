export type { Objective, ObjectiveContext } from './objective.ts';
export { createOptimizer, type Multipliers, type Optimizer, type OptimizerOptions } from './optimizer.ts';
export { gradientStep, type StepResult, type StepTask } from './step.ts';
export { embeddingsDiverged } from './step-divergence.ts';
export { train } from './train.ts';
export type { Judged, TrainedStep, TrainingResult, TrainingState, TrainingTask } from './train-task.ts';
