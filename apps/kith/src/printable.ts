const unprintable = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/gu;

/** A name as one safe line for a terminal: control characters and those that reorder text are shown as `\u{…}`. */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}

/** A subject's name as one safe line: in quotes where blanks at its ends would not be seen. */
export function subjectText(subject: string): string {
  return printable(/^\s|\s$/u.test(subject) ? JSON.stringify(subject) : subject);
}

/** So many of something, as `1 face` and `2 faces`. */
export function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A value as one line of JSON in which nothing can drive a terminal; it parses to the same value. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (character) => {
      return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
    },
  );
}
