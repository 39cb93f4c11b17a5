import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'kith-script-'));
const script = join(folder, 'script.mts');

beforeAll(() => {
  // says that it is ready, saves after the first signal; with an argument it takes no notice of signals
  const source = `
    import { runScript } from ${JSON.stringify(new URL('run-script.ts', import.meta.url).href)};
    await runScript(async ({ signal }) => {
      const alive = setInterval(() => {}, 1000);
      process.stdout.write('ready\\n');
      await new Promise((resolve) => signal.addEventListener('abort', () => process.argv[2] ? process.stdout.write('deaf\\n') : resolve()));
      process.stdout.write('saved\\n');
      clearInterval(alive);
      signal.throwIfAborted();
    }, { name: 'script', help: '' });
  `;
  writeFileSync(script, source);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Run the script, each word of its output being answered by the next signal. */
async function stoppedBy(signals: readonly NodeJS.Signals[], args: readonly string[] = []) {
  const tsx = import.meta.resolve('tsx');
  const child = spawn(process.execPath, ['--conditions', 'kith-source', '--import', tsx, script, ...args]);
  const left = [...signals];
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    const next = left.shift();
    if (next) child.kill(next);
  });
  const [code] = await once(child, 'close');
  return { code, words: stdout.trim().split('\n') };
}

test.skipIf(process.platform === 'win32').each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s lets a script save what it has, and ends it with %i', async (signal, code) => {
  expect(await stoppedBy([signal])).toEqual({ code, words: ['ready', 'saved'] });
});

test.skipIf(process.platform === 'win32')(
  'a second signal ends a script that takes no notice of the first',
  async () => {
    expect(await stoppedBy(['SIGTERM', 'SIGTERM'], ['deaf'])).toEqual({ code: 143, words: ['ready', 'deaf'] });
  },
);
