import type { ModelEntry } from '@kith/pipeline';
import { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { printable } from '../printable.ts';
import { type Call, runs } from '../run-command.ts';
import { wrapWords } from '../wrap-words.ts';

export function modelsCommand(): Command {
  return new Command('models')
    .description('list the models there are, or tell what is known of one')
    .argument('[name]', 'of a model')
    .addHelpText('after', '\nExamples:\n  kith models\n  kith models dlib-resnet-int8')
    .action(
      runs<[string | undefined]>((call, name) => {
        return name === undefined ? list(call) : show(call, name);
      }),
    );
}

async function list({ output }: Call): Promise<typeof exitCodes.yes> {
  const { accuracyText, alignColumns, listModels, millisecondsText } = await import('@kith/pipeline');
  const models = await listModels();
  output.json({ models });
  const rows = models.map((model) => [
    model.name,
    model.licence,
    stateText(model),
    accuracyText(model.lfw) ?? '',
    model.lfw?.tarAtFar['0.001']?.toFixed(4) ?? '',
    millisecondsText(model.speed) ?? '',
    millionsText(model.parameters),
    millionsText(model.macs),
  ]);
  const heads = ['model', 'licence', 'state', 'accuracy', 'TAR', 'ms', 'parameters', 'MACs'];
  for (const line of alignColumns([heads, ...rows])) output.line(line);
  output.line('');
  output.line('accuracy ± standard error, and TAR at FAR 0.001: LFW View 2; ms: a run of the network in one thread.');
  output.line('`kith models <name>` tells where a model comes from, who taught it, and how it was measured.');
  return exitCodes.yes;
}

async function show({ output }: Call, name: string): Promise<typeof exitCodes.yes> {
  const { describeModel, modelFigures } = await import('@kith/pipeline');
  const model = await describeModel(name);
  output.json(model);
  const { lfw, speed } = model;
  const facts: readonly (readonly [string, string])[] = [
    ['state', stateText(model)],
    ['from', model.from],
    ['licence', model.licence],
    ['training data', model.data],
    ['teachers', model.teachers.join(', ') || 'none'],
    ...modelFigures(model),
    ['space', model.space],
    ...(lfw ? [['LFW by', `${lfw.command}, ${lfw.date}`] as const] : []),
    ...(speed ? [['milliseconds by', `${speed.command}, ${speed.date}`] as const] : []),
  ];
  for (const line of wrapWords(`${model.name}: ${model.summary}`, lineLength)) output.line(line);
  const width = Math.max(...facts.map(([label]) => label.length)) + 2;
  for (const [label, told] of facts) {
    wrapWords(printable(told), lineLength - width).forEach((line, i) => {
      output.line(`${(i === 0 ? label : '').padEnd(width)}${line}`);
    });
  }
  return exitCodes.yes;
}

const lineLength = 100;

function stateText({ available, default: isDefault }: ModelEntry): string {
  if (!available) return 'no weights';
  return isDefault ? 'default' : 'there';
}

/** Three digits that tell, or the whole millions where there are more. */
function millionsText(count: number): string {
  const millions = count / 1e6;
  return `${millions < 100 ? millions.toPrecision(3) : Math.round(millions).toLocaleString('en-US')} M`;
}
