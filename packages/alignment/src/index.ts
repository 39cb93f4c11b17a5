export { alignToTemplate } from './align.ts';
export { fitSimilarity } from './similarity.ts';
export { dlibChip, type Template } from './templates.ts';
