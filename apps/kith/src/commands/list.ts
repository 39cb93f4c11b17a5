import { formatSpace } from '@kith/core';
import { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { countText, printable, subjectText } from '../printable.ts';
import { runs, withGallery } from '../run-command.ts';

export function listCommand(): Command {
  return new Command('list')
    .description('list the subjects of the gallery')
    .addHelpText('after', '\nExample:\n  kith list --gallery friends --json')
    .action(
      runs<[]>((call) =>
        withGallery(call, { create: false, readOnly: true }, async (gallery) => {
          const subjects = gallery.list();
          call.output.json({ subjects, space: formatSpace(gallery.space) });
          for (const { subject, faces } of subjects) call.output.line(`${subjectText(subject)}\t${faces}`);
          call.output.say(`${countText(subjects.length, 'subject')}, model ${printable(gallery.model)}`);
          return exitCodes.yes;
        }),
      ),
    );
}
