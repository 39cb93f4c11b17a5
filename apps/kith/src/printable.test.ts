import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printable, safeJson } from './printable.ts';

test('control characters and those that reorder text are shown, letters of every script are left', () => {
  expect(printable('a\nb\u001b[31m\u202eevil\u0085')).toBe('a\\u{a}b\\u{1b}[31m\\u{202e}evil\\u{85}');
  for (const name of ['שלום', 'Åsa Ångström', '👩‍👩‍👧‍👦', 'नमस्ते']) expect(printable(name)).toBe(name);
});

test('nothing printed can drive a terminal, and JSON keeps its value', () => {
  const point = fc.oneof(fc.nat(0x2fff), fc.nat(0x10ffff));
  const texts = fc.array(point).map((points) => String.fromCodePoint(...points));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const harmful = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
  fc.assert(
    fc.property(texts, (text) => {
      expect(printable(text)).not.toMatch(harmful);
      expect(safeJson({ text })).not.toMatch(harmful);
      expect(JSON.parse(safeJson({ text }))).toEqual({ text });
    }),
  );
});
