import { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { printable } from '../printable.ts';
import { runs, withGallery } from '../run-command.ts';

export function exportCommand(): Command {
  return new Command('export')
    .description('write the whole gallery to one file, to import elsewhere')
    .argument('<file>')
    .addHelpText('after', '\nExample:\n  kith export friends.kith')
    .action(
      runs<[string]>((call, file) =>
        withGallery(call, { create: false, readOnly: true }, async (gallery) => {
          await gallery.exportTo(file);
          const subjects = gallery.list();
          const faces = subjects.reduce((sum, subject) => sum + subject.faces, 0);
          call.output.json({ file, subjects: subjects.length, faces });
          call.output.line(`exported ${faces} faces of ${subjects.length} subjects to ${printable(file)}`);
          return exitCodes.yes;
        }),
      ),
    );
}
