import { type Field, invalidAt, type Message, type Scalar } from './text-format.ts';

/** All messages under a name. */
export function messagesOf(message: Message, name: string): readonly Message[] {
  return valuesOf(message, name).map(({ value, line }) => {
    if (value.kind === 'message') return value;
    throw invalidAt(line, `${name} is ${JSON.stringify(value.text)}, expected a block in braces`);
  });
}

/** The message under a name, of several the last; an empty one where there is none. */
export function messageOf(message: Message, name: string): Message {
  return messagesOf(message, name).at(-1) ?? { kind: 'message', line: message.line, fields: [] };
}

/** All texts under a name. */
export function textsOf(message: Message, name: string): readonly string[] {
  return scalarsOf(message, name).map(({ text }) => text);
}

/** The text or word under a name, of several the last. */
export function textOf(message: Message, name: string): string | undefined {
  return textsOf(message, name).at(-1);
}

/** All numbers under a name. */
export function numbersOf(message: Message, name: string): readonly number[] {
  return scalarsOf(message, name).map(({ text, kind, line }) => {
    const value = kind === 'number' ? parseNumber(text) : Number.NaN;
    if (Number.isFinite(value)) return value;
    throw invalidAt(line, `${name} is ${JSON.stringify(text)}, expected a number`);
  });
}

function parseNumber(text: string): number {
  if (/^0[0-7]+$/.test(text)) return Number.parseInt(text, 8);
  return Number(/^0x/i.test(text) ? text : text.replace(/f$/i, ''));
}

export function numberOf(message: Message, name: string, otherwise: number): number {
  return numbersOf(message, name).at(-1) ?? otherwise;
}

/** All whole numbers under a name, none below the least. */
export function wholesOf(message: Message, name: string, least: number): readonly number[] {
  return numbersOf(message, name).map((value) => {
    if (Number.isSafeInteger(value) && value >= least) return value;
    throw invalidAt(lineOf(message, name), `${name} is ${value}, expected a whole number from ${least}`);
  });
}

export function wholeOf(message: Message, name: string, least: number): number | undefined {
  return wholesOf(message, name, least).at(-1);
}

export function flagOf(message: Message, name: string, otherwise: boolean): boolean {
  const given = scalarsOf(message, name).at(-1);
  if (!given) return otherwise;
  const text = given.text.toLowerCase();
  if (['true', 't', '1'].includes(text)) return true;
  if (['false', 'f', '0'].includes(text)) return false;
  throw invalidAt(given.line, `${name} is ${JSON.stringify(given.text)}, expected true or false`);
}

/** The line of a field, else of the message that lacks it. */
export function lineOf(message: Message, name: string): number {
  return valuesOf(message, name).at(-1)?.line ?? message.line;
}

function valuesOf(message: Message, name: string): readonly Field[] {
  return message.fields.filter((field) => field.name === name);
}

function scalarsOf(message: Message, name: string): readonly Scalar[] {
  return valuesOf(message, name).map(({ value, line }) => {
    if (value.kind !== 'message') return value;
    throw invalidAt(line, `${name} is a block, expected a value`);
  });
}
