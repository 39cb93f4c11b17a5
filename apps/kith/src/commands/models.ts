import { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { runs } from '../run-command.ts';

export function modelsCommand(): Command {
  return new Command('models')
    .description('list the models there are')
    .addHelpText('after', '\nExample:\n  kith models --json')
    .action(
      runs<[]>(async ({ output }) => {
        const { alignColumns, listModels, wholeText } = await import('@kith/pipeline');
        const models = await listModels();
        output.json({ models });
        const rows = models.map((model) => [
          model.name,
          String(model.dimension),
          model.licence,
          [model.available ? 'there' : 'no weights', ...(model.default ? ['default'] : [])].join(', '),
          model.space,
          wholeText(model.parameters),
          wholeText(model.macs),
        ]);
        const heads = ['model', 'dimension', 'licence', 'state', 'space', 'parameters', 'MACs'];
        for (const line of alignColumns([heads, ...rows])) output.line(line);
        return exitCodes.yes;
      }),
    );
}
