import { CommanderError } from 'commander';
import { exitCodes } from './exit-codes.ts';
import { handleInterruption } from './interruption.ts';
import { createOutput, surviveUnwritten } from './output.ts';
import { createProgram } from './program.ts';
import { usageError } from './settings.ts';

// what other people's code says belongs neither to answers nor to errors
process.noDeprecation = true;
for (const method of ['log', 'info', 'debug', 'warn', 'error'] as const) console[method] = () => undefined;
const json = process.argv.includes('--json');
surviveUnwritten({ json });
handleInterruption();
// also raised by a promise that nobody waits for
process.on('uncaughtException', (error) => {
  createOutput({ json }).fail(error);
  process.exit(exitCodes.fault);
});

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
    createOutput({ json }).fail(isUsage ? usageError(wrongCall(error)) : error);
    process.exitCode = isUsage ? exitCodes.usage : exitCodes.fault;
  }
}

function wrongCall({ code, message }: CommanderError): string {
  if (code === 'commander.help') return 'A command is expected; see kith --help.';
  return `${message.replace(/^error: /, '').replace(/[^.]$/, '$&.')} See kith --help.`;
}
