import type { Output } from './output.ts';

const barCharacters = 24;
const plainEveryMs = 5000;

/** Progress of a batch: a bar where stderr is a terminal, else a line every few seconds. */
export interface Progress {
  /** Take the bar off the screen, so that a line can be printed. */
  clear(): void;
  /** Count one more done; `isWork` tells whether it took real work, which the time left is reckoned from. */
  tick(options: { readonly isWork: boolean }): void;
}

/** Start the progress of so many steps. */
export function createProgress(
  output: Output,
  { total, isQuiet }: { readonly total: number; readonly isQuiet: boolean },
): Progress {
  const isSilent = isQuiet || output.isJson;
  const hasBar = !isSilent && process.stderr.isTTY === true;
  const began = Date.now();
  let done = 0;
  let worked = 0;
  let told = began;
  const clear = () => {
    if (hasBar) process.stderr.write('\r\u001b[K');
  };
  const describe = () => {
    // steps that cost nothing tell nothing of those to come
    if (worked === 0) return `${done}/${total}`;
    const perStepMs = (Date.now() - began) / worked;
    return `${done}/${total}  ${clock((total - done) * perStepMs)} left`;
  };
  return {
    clear,
    tick({ isWork }) {
      done++;
      if (isWork) worked++;
      if (hasBar && done < total) process.stderr.write(`\r\u001b[K${bar(done / total)} ${describe()}`);
      else if (!hasBar && !isSilent && Date.now() - told > plainEveryMs) {
        told = Date.now();
        output.say(describe());
      }
    },
  };
}

function bar(share: number): string {
  const full = Math.round(share * barCharacters);
  return '█'.repeat(full) + '░'.repeat(barCharacters - full);
}

function clock(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${String(seconds % 60).padStart(2, '0')}`;
}
