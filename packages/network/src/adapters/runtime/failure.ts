/** What an unknown thing that was thrown has to say, in one line without a full stop. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trim().split('\n')[0]!.replace(/\.$/, '');
}
