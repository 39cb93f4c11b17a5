import { progressBar, progressLine, type TrainingProgress } from '../../report/progress-line.ts';

const barCharacters = 20;
const barEveryMs = 100;
const lineEveryMs = 10_000;

/** Where progress is shown, such as standard error. */
export interface ProgressOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** Progress of a training run: a bar on a terminal, else a line every ten seconds. */
export interface TerminalProgress {
  /** Tell where the run stands after an update; shown when it is time to. */
  show(progress: Omit<TrainingProgress, 'maxIterations' | 'secondsLeft'>): void;
  /** Write a line of its own, such as a validation's result. */
  note(text: string): void;
  /** Take the bar off the screen. */
  end(): void;
}

/** Start showing progress. The time left is reckoned from the pace since now, validations and all. */
export function createTerminalProgress(
  { maxIterations, iteration: from = 0 }: { readonly maxIterations: number; readonly iteration?: number },
  output: ProgressOutput = process.stderr,
): TerminalProgress {
  const hasBar = output.isTTY === true;
  const began = Date.now();
  let shown = hasBar ? 0 : began;
  let bar = '';
  return {
    show(progress) {
      const now = Date.now();
      if (now - shown < (hasBar ? barEveryMs : lineEveryMs)) return;
      shown = now;
      const done = progress.iteration - from;
      const secondsLeft = done > 0 ? ((now - began) / 1000 / done) * (maxIterations - progress.iteration) : undefined;
      const line = progressLine({ ...progress, maxIterations, secondsLeft });
      if (!hasBar) {
        output.write(`${line}\n`);
        return;
      }
      bar = `${progressBar(progress.iteration / maxIterations, barCharacters)} ${line}`.slice(0, output.columns ?? 80);
      output.write(`\r\u001b[K${bar}`);
    },
    note(text) {
      output.write(hasBar ? `\r\u001b[K${text}\n${bar}` : `${text}\n`);
    },
    end() {
      if (hasBar) output.write('\r\u001b[K');
    },
  };
}
