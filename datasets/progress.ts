/** Receives how far a long step is. */
export type Progress = (done: number, total: number | undefined) => void;

/**
 * Show progress on stderr: one line that changes on a terminal, a line every few seconds elsewhere, nothing when quiet.
 *
 * @param label - What is going on.
 * @param options - `unit` is 'bytes' for sizes, else the plural of what is counted.
 */
export function showProgress(
  label: string,
  { unit, quiet = false }: { readonly unit: string; readonly quiet?: boolean },
): Progress {
  const started = Date.now();
  const terminal = process.stderr.isTTY === true;
  let shown = started;
  return (done, total) => {
    const now = Date.now();
    const finished = done === total;
    if (quiet || (!finished && now - shown < (terminal ? 100 : 5000))) return;
    shown = now;
    const left =
      total === undefined || done === 0 ? '' : `, ${duration(((now - started) / done) * (total - done))} left`;
    const line = `${label}: ${total === undefined ? '' : `${amount(done, unit)} of `}${amount(total ?? done, unit)} ${unit === 'bytes' ? 'MB' : unit}${finished ? '' : left}`;
    process.stderr.write(terminal ? `\r\x1b[K${line}${finished ? '\n' : ''}` : `${line}\n`);
  };
}

function amount(value: number, unit: string): string {
  return unit === 'bytes' ? (value / 1e6).toFixed(1) : value.toLocaleString('en');
}

function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
