export { alignToTemplate } from './align.ts';
export { fitSimilarity } from './similarity.ts';
export { type ChipOptions, dlibChip5, dlibChip51, type Template } from './templates.ts';
