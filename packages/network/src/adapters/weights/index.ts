export { readFaceApiWeights } from './face-api-weights.ts';
