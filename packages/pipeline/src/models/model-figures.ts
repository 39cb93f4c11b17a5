import { wholeText } from '@kith/network';
import type { LfwFigures, SpeedFigures } from './model-card.ts';
import type { ModelEntry } from './model-entry.ts';

const unknown = 'not measured';

/** Name the figures of a model, as docs/models and `kith models <name>` tell them. */
export function modelFigures(entry: ModelEntry): readonly (readonly [label: string, value: string])[] {
  const { lfw, speed, network, parameters, macs, dimension } = entry;
  const images = lfw && `${wholeText(lfw.imagesWithoutFace)} of ${wholeText(lfw.images)}`;
  const run = speed && `${millisecondsText(speed)} (${speed.runtime}, ${threadsText(speed.threads)}, batch 1)`;
  return [
    ['accuracy, LFW View 2', accuracyText(lfw) ?? unknown],
    ['TAR at FAR 0.001', lfw?.tarAtFar['0.001']?.toFixed(4) ?? unknown],
    ['TAR at FAR 0.01', lfw?.tarAtFar['0.01']?.toFixed(4) ?? unknown],
    ['images without a face', images ?? unknown],
    ['milliseconds a run', run ?? unknown],
    ['runs a face', speed ? `${speed.runsPerFace}` : unknown],
    ['network', network],
    ['parameters', wholeText(parameters)],
    ['multiply-adds a run', wholeText(macs)],
    ['dimension', `${dimension}`],
  ];
}

/** The accuracy with its standard error, to four places; undefined where it was not measured. */
export function accuracyText(lfw: Pick<LfwFigures, 'accuracy' | 'standardError'> | null): string | undefined {
  return lfw ? `${lfw.accuracy.toFixed(4)} ± ${lfw.standardError.toFixed(4)}` : undefined;
}

/** Of a run of the network, to three digits; undefined where it was not measured. */
export function millisecondsText(speed: SpeedFigures | null): string | undefined {
  return speed?.millisecondsPerRun.toPrecision(3);
}

function threadsText(threads: number): string {
  return threads === 1 ? 'one thread' : `${threads} threads`;
}
