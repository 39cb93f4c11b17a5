import { createHash } from 'node:crypto';

/** The sha256 of settings as JSON, whatever the order of their keys. */
export function hashOf(config: unknown): string {
  return createHash('sha256').update(textOf(config)).digest('hex');
}

/** Letters of a value that a message still shows whole; a network's rows are thousands. */
const mostShown = 60;

/** A setting that differs. */
export interface Difference {
  /** Its path. */
  readonly setting: string;
  /** Such as `solver.baseLr is 0.1, was 0.05`. */
  readonly text: string;
}

/** Where two settings differ as JSON. */
export function differences(now: unknown, before: unknown, path = ''): readonly Difference[] {
  if (isRecord(now) && isRecord(before)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])];
    return keys.flatMap((key) => differences(now[key], before[key], path === '' ? key : `${path}.${key}`));
  }
  const [newText, oldText] = [textOf(now), textOf(before)];
  if (newText === oldText) return [];
  const isShort = Math.max(newText.length, oldText.length) <= mostShown;
  const setting = path || 'config';
  return [{ setting, text: `${setting} is ${isShort ? `${newText}, was ${oldText}` : 'another'}` }];
}

/** JSON with keys in the order of the alphabet. */
function textOf(value: unknown): string {
  const inOrder = (_: string, inner: unknown) =>
    isRecord(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner;
  return JSON.stringify(value, inOrder) ?? 'left out';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
