import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { initialWeights } from '@kith/network';
import { loadTensorFlow } from '@kith/network/tfjs';
import { readNetworkWeights } from '@kith/pipeline';
import { required, runScript, usage } from '@kith/terminal';
import { accountText, prepareData } from './data/prepare-data.ts';
import { phaseData } from './phase-data.ts';
import { recipeOf, recipes } from './recipes/index.ts';
import { runPhase } from './run-phase.ts';

const help = `Train one of kith's models: faces are found and aligned, teachers asked, phases trained, a report written.

  npm run train -- --recipe <name> --data <dir> [--lfw <dir>] [--out <dir>]

The same command again goes on where it was stopped.

  --recipe <name>     one of:
${recipes.map(({ name, summary }) => `                        ${name.padEnd(16)} ${summary}`).join('\n')}
  --data <dir>        photos to learn from, one folder a person
  --lfw <dir>         LFW with its pair lists: View 1 judges, and whoever may be in LFW is not trained on;
                      without it some of the people are held out to judge
  --out <dir>         the run's folder, by default runs/<recipe>
  --cache <dir>       where faces found and aligned are kept, by default .cache/train
  --skip-unreadable   leave out photos that cannot be read
  --help
`;

await runScript(
  async ({ signal }) => {
    const { values } = usage(() =>
      parseArgs({
        options: {
          recipe: { type: 'string' },
          data: { type: 'string' },
          lfw: { type: 'string' },
          out: { type: 'string' },
          cache: { type: 'string', default: join('.cache', 'train') },
          'skip-unreadable': { type: 'boolean', default: false },
        },
      }),
    );
    const recipe = recipeOf(required(values.recipe, 'recipe'));
    const { lfw, cache } = values;
    const data = await prepareData({
      data: required(values.data, 'data'),
      ...{ lfw, cache, signal },
      skipUnreadable: values['skip-unreadable'],
    });
    process.stderr.write(`${accountText(data.account)}\n`);
    const tf = await loadTensorFlow();
    const out = values.out ?? join('runs', recipe.name);
    let weights =
      recipe.start === 'anew'
        ? initialWeights(recipe.network, { seed: recipe.seed })
        : await readNetworkWeights({ name: recipe.start });
    for (const [i, phase] of recipe.phases.entries()) {
      const learnsFrom = await phaseData(phase, recipe, { data, cache, signal });
      const dir = join(out, `${i + 1}-${phase.name}`);
      ({ weights } = await runPhase(tf, { recipe, phase, weights, learnsFrom, data, dir, signal }));
    }
  },
  { name: 'train', help },
);
