import { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { countText, printable } from '../printable.ts';
import { runs, withGallery } from '../run-command.ts';

export function exportCommand(): Command {
  return new Command('export')
    .description('write the whole gallery to one file, to import elsewhere')
    .argument('<file>')
    .addHelpText('after', '\nExample:\n  kith export friends.kith')
    .action(
      runs<[string]>((call, file) =>
        withGallery(call, { create: false, readOnly: true }, async (gallery) => {
          const { subjects, faces } = await gallery.exportTo(file);
          call.output.json({ file, subjects, faces });
          call.output.line(
            `exported ${countText(faces, 'face')} of ${countText(subjects, 'subject')} to ${printable(file)}`,
          );
          return exitCodes.yes;
        }),
      ),
    );
}
