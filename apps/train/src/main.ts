import { commandLine, runScript } from '@kith/terminal';
import { help, readOptions } from './options.ts';
import { trainRecipe } from './train-recipe.ts';

const args = process.argv.slice(2);

await runScript(
  ({ signal }) => trainRecipe(readOptions(args), { command: commandLine('npm run train --', args), signal }),
  { name: 'train', help, isJson: args.includes('--json') },
);
