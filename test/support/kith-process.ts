import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const command = ['--conditions', 'kith-source', '--import', 'tsx', `${root}apps/kith/src/main.ts`];

/** How a run of `kith` ended. */
export interface KithRun {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface KithOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What is not a pipe is missing from what the run wrote. */
  readonly stdio?: StdioOptions;
}

/** Start the command line from its source. */
export function startKith(args: readonly string[], { env = {}, stdio = 'pipe' }: KithOptions = {}): ChildProcess {
  const { KITH_GALLERY: _, NO_COLOR: __, ...inherited } = process.env;
  return spawn(process.execPath, [...command, ...args], { cwd: root, env: { ...inherited, ...env }, stdio });
}

/** Run the command line to its end. */
export async function kith(args: readonly string[], options: KithOptions = {}): Promise<KithRun> {
  const child = startKith(args, options);
  const written = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    written.stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    written.stderr += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...written };
}

/** The JSON answer of a run, checked to be the whole of stdout in one line, with nothing on stderr. */
export async function kithJson<T>(
  args: readonly string[],
  options: KithOptions = {},
): Promise<KithRun & { readonly json: T }> {
  const run = await kith([...args, '--json'], options);
  if (!/^[^\n]+\n$/.test(run.stdout))
    throw new Error(`Expected one line of JSON from ${args.join(' ')}, got ${JSON.stringify(run)}`);
  return { ...run, json: JSON.parse(run.stdout) as T };
}
