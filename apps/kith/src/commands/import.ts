import { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { countText, printable } from '../printable.ts';
import { runs, withGallery } from '../run-command.ts';
import { recognizerOptions } from '../settings.ts';

export function importCommand(): Command {
  return new Command('import')
    .description('enroll everything of an export, all or nothing; faces that are there already stay as they are')
    .argument('<file>')
    .addHelpText('after', '\nExample:\n  kith import friends.kith --gallery ./new')
    .action(
      runs<[string]>(async (call, file) => {
        const { assertImportable } = await import('@kith/pipeline');
        await assertImportable(call.settings.gallery, file, recognizerOptions(call.settings));
        return withGallery(call, { create: true }, async (gallery) => {
          const { enrolled, unchanged } = await gallery.importFrom(file);
          call.output.json({ file, enrolled, unchanged });
          call.output.line(
            `imported ${countText(enrolled, 'face')} from ${printable(file)}, ${unchanged} there already`,
          );
          return exitCodes.yes;
        });
      }),
    );
}
