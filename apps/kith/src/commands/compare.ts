import { Command } from 'commander';
import { decisionJson, printDecision, sayRate } from '../decision-text.ts';
import { exitCodes } from '../exit-codes.ts';
import { runs, withRecognizer } from '../run-command.ts';

export function compareCommand(): Command {
  return new Command('compare')
    .description('decide whether two photos show one person (1:1, without a gallery)')
    .argument('<photo>')
    .argument('<other>')
    .option('--largest', 'take the largest face of each photo')
    .addHelpText(
      'after',
      '\nExamples:\n  kith compare passport.jpg selfie.heic\n  kith compare a.jpg b.jpg --fmr 1e-4 --json',
    )
    .action(
      runs<[string, string], { readonly largest?: boolean }>(async (call, photo, other) => {
        const { settings, output } = call;
        const { fmr, largest = false } = settings;
        const decision = await withRecognizer(call, [photo, other], (recognizer, [one, two]) =>
          recognizer.compare(one!, two!, { fmr, largest }),
        );
        output.json(decisionJson(decision));
        printDecision(output, decision, { yes: 'one person', no: 'two different people' });
        sayRate(output, decision, 'A larger --fmr would resolve it.');
        return decision.accepted ? exitCodes.yes : exitCodes.no;
      }),
    );
}
