export type { Scalar, Tensor1D, Tensor2D } from './row-tensors.ts';
export { type RowsLoss, rowsLoss } from './rows-loss.ts';
export { projected, type Teacher, teachersLoss } from './teachers.ts';
