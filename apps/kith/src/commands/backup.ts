import { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { printable } from '../printable.ts';
import { runs, withGallery } from '../run-command.ts';

export function backupCommand(): Command {
  return new Command('backup')
    .description('copy the gallery, as of one moment, into a folder that is missing or empty')
    .argument('<dir>')
    .addHelpText('after', '\nExample:\n  kith backup /mnt/usb/friends')
    .action(
      runs<[string]>((call, dir) =>
        withGallery(call, { create: false, readOnly: true }, async (gallery) => {
          await gallery.backupTo(dir);
          call.output.json({ dir });
          call.output.line(`backed up to ${printable(dir)}`);
          return exitCodes.yes;
        }),
      ),
    );
}
