import { CommanderError } from 'commander';
import { exitCodes } from './exit-codes.ts';
import { handleInterruption } from './interruption.ts';
import { createOutput, surviveClosedPipes } from './output.ts';
import { createProgram } from './program.ts';
import { usageError } from './settings.ts';

// what other people's code says belongs neither to answers nor to errors
process.noDeprecation = true;
for (const method of ['log', 'info', 'debug', 'warn', 'error'] as const) console[method] = () => undefined;
surviveClosedPipes();
handleInterruption();

const program = createProgram();
try {
  if (process.argv.length <= 2) {
    process.stderr.write(program.helpInformation());
    process.exitCode = exitCodes.usage;
  } else {
    await program.parseAsync();
  }
} catch (error) {
  if (error instanceof CommanderError && error.exitCode === 0) {
    process.exitCode = exitCodes.yes;
  } else {
    const isUsage = error instanceof CommanderError;
    const message = isUsage ? `${error.message.replace(/^error: /, '')} See kith --help.` : '';
    createOutput({ json: process.argv.includes('--json') }).fail(isUsage ? usageError(message) : error);
    process.exitCode = isUsage ? exitCodes.usage : exitCodes.fault;
  }
}
