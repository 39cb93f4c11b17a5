/**
 * Find a key that one object of a JSON text has twice; a parser keeps the last and says nothing.
 *
 * @param text - Valid JSON.
 */
export function repeatedKey(text: string): string | undefined {
  /** Keys of the objects that are open, the innermost last. */
  const open: Set<string>[] = [];
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === '{') open.push(new Set());
    else if (sign === '}') open.pop();
    if (sign !== '"') continue;
    const end = endOfString(text, at);
    if (followingSign(text, end) === ':') {
      // parsed, since one name can be written in several ways
      const key = JSON.parse(text.slice(at, end)) as string;
      const keys = open.at(-1)!;
      if (keys.has(key)) return key;
      keys.add(key);
    }
    at = end - 1;
  }
  return undefined;
}

/** The place after a string's closing quote. */
function endOfString(text: string, begin: number): number {
  let at = begin + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function followingSign(text: string, from: number): string | undefined {
  let at = from;
  while (' \n\r\t'.includes(text[at] ?? 'x')) at++;
  return text[at];
}
