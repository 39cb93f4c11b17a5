import { createRequire } from 'node:module';
import { Command } from 'commander';
import { alignCommand } from './commands/align.ts';
import { backupCommand } from './commands/backup.ts';
import { compareCommand } from './commands/compare.ts';
import { detectCommand } from './commands/detect.ts';
import { doctorCommand } from './commands/doctor.ts';
import { embedCommand } from './commands/embed.ts';
import { enrollCommand } from './commands/enroll.ts';
import { exportCommand } from './commands/export.ts';
import { identifyCommand } from './commands/identify.ts';
import { importCommand } from './commands/import.ts';
import { listCommand } from './commands/list.ts';
import { modelsCommand } from './commands/models.ts';
import { networksCommand } from './commands/networks.ts';
import { removeCommand } from './commands/remove.ts';
import { showCommand } from './commands/show.ts';
import { verifyCommand } from './commands/verify.ts';
import { addSettings } from './settings.ts';

const commands = [
  enrollCommand,
  verifyCommand,
  identifyCommand,
  compareCommand,
  listCommand,
  showCommand,
  removeCommand,
  detectCommand,
  alignCommand,
  embedCommand,
  exportCommand,
  importCommand,
  backupCommand,
  modelsCommand,
  networksCommand,
  doctorCommand,
];

const { version } = createRequire(import.meta.url)('../package.json') as { readonly version: string };

/** The whole command line. Wrong calls throw commander's errors; commands set `process.exitCode` themselves. */
export function createProgram(): Command {
  const program = addSettings(new Command('kith'))
    .description('Recognise the people you know: enroll their photos, then ask who is on another.')
    .version(version)
    .addHelpText(
      'after',
      '\nExamples:\n  kith enroll ada ada1.jpg ada2.jpg\n  kith verify ada door.jpg\n  kith identify party.jpg' +
        '\n\nExit codes: 0 yes or done · 1 no · 2 usage · 3 the image · 4 the gallery · 70 a fault of ours · 130 and 143 stopped by a signal',
    );
  for (const make of commands) program.addCommand(make());
  for (const command of [program, ...program.commands]) {
    command
      .exitOverride()
      // a guess taken for granted could remove somebody
      .showSuggestionAfterError(false)
      .configureHelp({ showGlobalOptions: true })
      .configureOutput({ writeErr: () => undefined });
  }
  return program;
}
