import { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { countText, subjectText } from '../printable.ts';
import { runs, withGallery } from '../run-command.ts';

export function removeCommand(): Command {
  return new Command('remove')
    .description('remove a subject, or one of its faces; cannot be undone')
    .argument('<subject>')
    .argument('[id]', "a face's id, as `kith show` lists it")
    .addHelpText('after', '\nExamples:\n  kith remove ada\n  kith remove ada 3f2a9c81d04be677')
    .action(
      runs<[string, string | undefined]>((call, subject, id) =>
        withGallery(call, { create: false }, async (gallery) => {
          const { removed } = await gallery.remove(subject, id);
          call.output.json({ subject, removed });
          call.output.line(`removed ${countText(removed, 'face')} of ${subjectText(subject)}`);
          return exitCodes.yes;
        }),
      ),
    );
}
