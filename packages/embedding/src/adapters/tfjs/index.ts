export {
  type ArcFaceHead,
  arcFaceHead,
  type CosFaceHead,
  cosFaceHead,
  type SphereFaceHead,
  sphereFaceHead,
} from './angular-heads.ts';
export { type CentreHead, centreHead, movedCentres } from './centre-head.ts';
export { type ClassHead, type SoftmaxHead, softmaxHead } from './class-heads.ts';
export type { Scalar, Tensor1D, Tensor2D } from './row-tensors.ts';
export { type RowsLoss, rowsLoss } from './rows-loss.ts';
export { projected, type Teacher, teachersLoss } from './teachers.ts';
