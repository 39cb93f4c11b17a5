import { Command } from 'commander';
import { decisionJson, printDecision, sayRate } from '../decision-text.ts';
import { exitCodes } from '../exit-codes.ts';
import { subjectText } from '../printable.ts';
import { readProbe, runs, withGallery } from '../run-command.ts';

export function verifyCommand(): Command {
  return new Command('verify')
    .description("decide whether a photo shows a subject (1:1, against all of the subject's faces)")
    .argument('<subject>')
    .argument('<photo>')
    .option('--largest', 'take the largest face of the photo')
    .addHelpText('after', '\nExamples:\n  kith verify ada door.jpg\n  kith verify ada door.jpg --fmr 0.0001 --json')
    .action(
      runs<[string, string], { readonly largest?: boolean }>(async (call, subject, photo) => {
        const { settings, output } = call;
        const bytes = await readProbe(call, photo);
        const { fmr, largest = false } = settings;
        const decision = await withGallery(call, { create: false, readOnly: true }, (gallery) =>
          gallery.verify(subject, bytes, { fmr, largest }),
        );
        const { id, faces } = decision;
        output.json({ ...decisionJson(decision), subject, id, faces });
        const name = subjectText(subject);
        printDecision(output, decision, { yes: `this is ${name}`, no: `this is not ${name}` });
        sayRate(output, decision, "Fewer of the subject's faces or a larger --fmr would resolve it.");
        return decision.accepted ? exitCodes.yes : exitCodes.no;
      }),
    );
}
