export { exitCodeOf, exitCodes } from './exit-codes.ts';
export { createProgress, type Progress } from './progress.ts';
export { allRequired, commandLine, required, runScript, type ScriptContext, usage, wholeNumber } from './run-script.ts';
export { withProgress } from './with-progress.ts';
