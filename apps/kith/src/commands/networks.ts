import { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { printable } from '../printable.ts';
import { runs } from '../run-command.ts';

export function networksCommand(): Command {
  return new Command('networks')
    .description('list the networks, or print the table of one')
    .argument('[name]')
    .addHelpText('after', '\nExample:\n  kith networks squeezenet-1.0')
    .action(
      runs<[string | undefined]>(async ({ output }, name) => {
        const { alignColumns, count, findNetwork, formatShape, networks, networkTable, wholeText } = await import(
          '@kith/pipeline'
        );
        if (name !== undefined) {
          const network = findNetwork(name);
          output.json(count(network));
          for (const line of networkTable(network)) output.line(printable(line));
          return exitCodes.yes;
        }
        const listed = networks.map((network) => {
          const { rows: _, ...counts } = count(network);
          return { ...counts, note: network.note ?? null };
        });
        output.json({ networks: listed });
        const cells = listed.map(({ note, ...counts }) => [
          counts.name,
          formatShape(counts.input),
          `${counts.receptiveField}`,
          wholeText(counts.parameters),
          wholeText(counts.macs),
        ]);
        const lines = alignColumns([['name', 'input', 'receptive field', 'parameters', 'MACs'], ...cells]);
        lines.forEach((line, i) => {
          output.line(printable(`${line}  ${i === 0 ? 'note' : (listed[i - 1]?.note ?? '')}`.trimEnd()));
        });
        return exitCodes.yes;
      }),
    );
}
