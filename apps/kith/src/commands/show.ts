import { Command } from 'commander';
import { boxText, figure } from '../decision-text.ts';
import { exitCodes } from '../exit-codes.ts';
import { boxJson, scoreJson } from '../face-json.ts';
import { printable } from '../printable.ts';
import { runs, withGallery } from '../run-command.ts';

export function showCommand(): Command {
  return new Command('show')
    .description("list a subject's faces, in order of enrolment")
    .argument('<subject>')
    .addHelpText('after', '\nExample:\n  kith show ada --json')
    .action(
      runs<[string]>((call, subject) =>
        withGallery(call, { create: false, readOnly: true }, async (gallery) => {
          const faces = gallery.show(subject);
          call.output.json({
            subject,
            faces: faces.map(({ id, file, box, quality, time }) => ({
              id,
              file,
              box: boxJson(box),
              quality: scoreJson(quality),
              time,
            })),
          });
          for (const { id, file, box, quality, time } of faces) {
            call.output.line(`${id}  ${printable(file)}  ${boxText(box)}  quality ${figure(quality)}  ${time}`);
          }
          return exitCodes.yes;
        }),
      ),
    );
}
