import type { Network, UnitView } from '@kith/pipeline';
import { Command, InvalidArgumentError } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { printable } from '../printable.ts';
import { type Call, runs } from '../run-command.ts';
import { usageError } from '../settings.ts';
import { assertDrawable, writePicture } from '../write-picture.ts';

interface Options {
  readonly svg?: string;
  readonly visualize?: string;
  readonly layer?: string;
  readonly unit?: number;
  readonly out?: string;
  readonly weights?: string;
}

export function networksCommand(): Command {
  return new Command('networks')
    .description('list the networks, or print, draw or look into one')
    .argument('[name]', 'of a network, or a Caffe file (….prototxt)')
    .option('--svg <file>', 'draw the network')
    .option('--visualize <photo>', 'draw what the strongest units of a layer look for in a photo')
    .option('--layer <name>', 'with --visualize: whose units')
    .option('--unit <number>', 'with --visualize: only this unit, from 0', parseUnit)
    .option('--out <png>', 'with --visualize: where to draw it (default: <network>-<layer>.png)')
    .option('--weights <file>', 'with --visualize: what the network has learnt, as safetensors')
    .addHelpText(
      'after',
      '\nExamples:\n  kith networks squeezenet-1.0 --svg squeezenet.svg\n  kith networks deploy.prototxt' +
        '\n  kith networks dlib-resnet29 --visualize ada.jpg --layer res32.3',
    )
    .action(
      runs<[string | undefined], Options>(async (call, name) => {
        assertOptionsFit(call.settings, name);
        if (name === undefined) return list(call);
        const { openNetwork } = await import('@kith/pipeline');
        const network = await openNetwork(name);
        const { svg, visualize } = call.settings;
        if (visualize !== undefined) return show(call, network, visualize);
        return svg === undefined ? print(call, network) : draw(call, network, { svg, read: name });
      }),
    );
}

function parseUnit(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 0.');
  return Number(text);
}

function assertOptionsFit({ svg, visualize, layer, unit, out, weights }: Options, name: string | undefined): void {
  if (svg !== undefined && visualize !== undefined) throw usageError('--svg or --visualize is expected, got both.');
  if (name === undefined && (svg ?? visualize) !== undefined) {
    throw usageError('The name of a network is expected with --svg and --visualize.');
  }
  const [first] = Object.entries({ layer, unit, out, weights }).filter(([, value]) => value !== undefined);
  if (first && visualize === undefined) throw usageError(`--${first[0]} is expected with --visualize only.`);
}

async function list({ output }: Call): Promise<typeof exitCodes.yes> {
  const { alignColumns, count, formatShape, networks, wholeText } = await import('@kith/pipeline');
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
}

async function print({ output }: Call, network: Network): Promise<typeof exitCodes.yes> {
  const { count, networkTable } = await import('@kith/pipeline');
  output.json(count(network));
  for (const line of networkTable(network)) output.line(printable(line));
  return exitCodes.yes;
}

async function draw(
  call: Call,
  network: Network,
  { svg, read }: { readonly svg: string; readonly read: string },
): Promise<typeof exitCodes.yes> {
  const { networkSvg } = await import('@kith/pipeline');
  await assertDrawable(svg, read);
  await writePicture(svg, new TextEncoder().encode(networkSvg(network)));
  await print(call, network);
  call.output.say(`drawn in ${printable(svg)}`);
  return exitCodes.yes;
}

async function show(
  { settings, output }: Call<Options>,
  network: Network,
  photo: string,
): Promise<typeof exitCodes.yes> {
  const { layer, unit, weights: file, maxPixels } = settings;
  const { decodeImage, readNetworkWeights, readPhoto, visualizeNetwork } = await import('@kith/pipeline');
  if (settings.out !== undefined) await assertDrawable(settings.out, photo);
  const image = await decodeImage(await readPhoto(photo), maxPixels === undefined ? {} : { maxPixels });
  const weights = await readNetworkWeights(network, { file });
  const found = await visualizeNetwork({ network, weights }, image, { layer, unit });
  const out = settings.out ?? `${network.name}-${found.layer}.png`.replace(/[^\w.-]+/g, '-');
  await assertDrawable(out, photo);
  await writePicture(out, found.png);
  output.json({ network: network.name, layer: found.layer, out, units: found.units.map(unitJson) });
  for (const { unit: number, activation } of found.units) {
    output.line(`unit ${number}: activation ${activation.toPrecision(3)}`);
  }
  if (found.units.length === 0) output.line(`no unit of ${printable(found.layer)} is active`);
  output.say(`drawn in ${printable(out)}`);
  return exitCodes.yes;
}

/** The box is in px of the network's input. */
function unitJson({ unit, activation, place: [y, x], field }: UnitView) {
  const { top, right, bottom, left } = field;
  return { unit, activation, place: { x, y }, box: { xMin: left, yMin: top, xMax: right, yMax: bottom } };
}
