const barCharacters = 28;
const plainEveryMs = 10_000;

/** Progress on stderr: a bar with the time left on a terminal, else a line every few seconds. */
export interface Progress {
  /** One more done; `isWork` tells whether it took work, which the time left is reckoned from. */
  tick(options: { readonly isWork: boolean }): void;
  /** Take the bar off the screen. */
  end(): void;
}

/** Start the progress of `total` steps; `isQuiet` leaves only the bar, and that only on a terminal. */
export function createProgress(
  total: number,
  { label, isQuiet = false }: { readonly label: string; readonly isQuiet?: boolean },
): Progress {
  const hasBar = process.stderr.isTTY === true;
  const began = Date.now();
  let [done, worked, told] = [0, 0, began];
  const describe = () => {
    const left = worked === 0 ? '' : `, ${clock(((total - done) * (Date.now() - began)) / worked)} left`;
    return `${label} ${done}/${total}${left}`;
  };
  return {
    tick({ isWork }) {
      done++;
      if (isWork) worked++;
      const now = Date.now();
      if (now - told < (hasBar ? 100 : plainEveryMs)) return;
      told = now;
      if (hasBar) {
        const full = Math.round((done / total) * barCharacters);
        process.stderr.write(`\r\u001b[K${'█'.repeat(full)}${'░'.repeat(barCharacters - full)} ${describe()}`);
      } else if (!isQuiet) process.stderr.write(`${describe()}\n`);
    },
    end() {
      if (hasBar) process.stderr.write('\r\u001b[K');
    },
  };
}

function clock(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
