import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createOutput } from './output.ts';
import { createProgress } from './progress.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

test('the time left is reckoned from steps that took work, and not told before there are any', () => {
  const said: string[] = [];
  const output = { ...createOutput(), say: (text: string) => void said.push(text) };
  const progress = createProgress(output, { total: 1000, isQuiet: false });
  const stepAt = (milliseconds: number, isWork: boolean) => {
    vi.setSystemTime(milliseconds);
    progress.tick({ isWork });
  };
  for (let i = 1; i <= 10; i++) stepAt(i, false);
  stepAt(6000, false);
  stepAt(12_000, true);
  expect(said).toEqual(['11/1000', `12/1000  ${Math.floor((988 * 12) / 60)}:36 left`]);
});
